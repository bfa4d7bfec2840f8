import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { AwsError } from '../aws-error.ts'

const derive = promisify<string, Buffer, number, Buffer>(scrypt)
const hashBytes = 32

/** Refuses a password that is shorter than the pool's policy asks. */
export function assertPolicy(password: string, minimumLength: number): void {
  if (password.length >= minimumLength) return
  throw new AwsError(
    'InvalidPasswordException',
    `Password did not conform with policy: Password not long enough (at least ${minimumLength} characters)`,
  )
}

/** Hashes a password with scrypt and a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, hashBytes)
  return `${salt.toString('base64')}:${hash.toString('base64')}`
}

/** Compares in constant time; no hash fits nothing. */
export async function isPassword(password: string, hashed: string | null): Promise<boolean> {
  const [salt, hash] = (hashed ?? '').split(':').map(part => Buffer.from(part, 'base64'))
  if (salt === undefined || hash === undefined) return false
  return timingSafeEqual(await derive(password, salt, hashBytes), hash)
}
