import type { FileHandle } from 'node:fs/promises'

/** A tar file is made of blocks of 512 bytes. */
const block = 512
/** 8 GB: what a ustar header can say. */
const largestMember = 0o77777777777

/** The header of a member, in POSIX ustar: the same bytes for the same name and size. */
export function tarHeader(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100 || size > largestMember) throw new Error(`${name} does not fit into a tar file.`)
  const header = Buffer.alloc(block)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write(' '.repeat(8), 148)
  header.write('0', 156)
  header.write('ustar\0', 257)
  header.write('00', 263)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** The zeros that fill a member's last block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block)
}

/** Two empty blocks end a tar file. */
export const tarEnd = Buffer.alloc(2 * block)

/** Where a member's content lies in the file. */
export type TarMember = { name: string; size: number; offset: number }

/**
 * The members of a tar file in their order, as `tarHeader` writes them; looks at no content.
 * @throws Error naming the member after which the file is not as it was written.
 */
export async function* tarMembers(file: FileHandle): AsyncGenerator<TarMember> {
  const { size: end } = await file.stat()
  let last = 'its beginning'
  for (let at = 0; ; ) {
    const header = await bytesAt(file, at, block)
    if (header.every(byte => byte === 0)) {
      if (at + tarEnd.length !== end || !isZero(await bytesAt(file, at, tarEnd.length))) throw altered(last)
      return
    }
    const name = header.toString('utf8', 0, header.indexOf(0))
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8)
    const isWhole = Number.isSafeInteger(size) && at + block + size + tarEnd.length <= end
    if (!isWhole || Buffer.byteLength(name) > 100 || !header.equals(tarHeader(name, size))) throw altered(last)
    yield { name, size, offset: at + block }
    last = name
    at += block + size
    const padding = tarPadding(size).length
    if (!isZero(await bytesAt(file, at, padding))) throw altered(last)
    at += padding
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position, length })
  return buffer.subarray(0, bytesRead)
}

function isZero(bytes: Buffer): boolean {
  return bytes.every(byte => byte === 0)
}

function altered(last: string): Error {
  return new Error(
    `The archive is cut off or altered after ${last}. Nothing was loaded: get it again from where it was made.`,
  )
}
