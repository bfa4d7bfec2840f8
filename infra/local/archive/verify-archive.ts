import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { countsOf } from '#lib/archive/create-archive.ts'
import { type ArchiveManifest, type ArchiveMember, archiveManifest, seals } from '#lib/archive/manifest.ts'
import { type TarMember, tarMembers } from '#lib/archive/tar.ts'
import { gzipLines, isBadGzip } from '#lib/backup/gzip-lines.ts'
import { verifyWith } from '#lib/evidence/evidence-key.ts'
import { type Signature, signature } from '#lib/evidence/signature.ts'

/** An archive that is what was signed, open for reading. */
export type OpenArchive = {
  manifest: ArchiveManifest
  /** SHA-256 of the key that signed it, in hex: to be compared with what the maker says. */
  keyFingerprint: string
  members: readonly (ArchiveMember & { read(): AsyncIterable<Buffer> })[]
  close(): Promise<void>
}

/**
 * Opens an archive once every byte of it is known to be what was signed.
 * @param trusted public key in PEM that must have signed it; else the one inside, which tells accidents from the maker's work, not
 * a forger's.
 * @throws Error naming the member that is missing, was put there or is not what was signed.
 */
export async function verifyArchive(path: string, trusted?: string): Promise<OpenArchive> {
  const file = await open(path)
  try {
    const found: TarMember[] = []
    for await (const member of tarMembers(file)) found.push(member)
    const { manifest, key } = await readSeals(file, found, trusted)
    const places = matchMembers(manifest, found)
    const members = manifest.members.map((member, i) => {
      const place = places[i]
      if (!place) throw refused(member.name, 'is missing')
      return { ...member, read: () => contentOf(file, place) }
    })
    for (const member of members) await verifyMember(member)
    if (!isDeepStrictEqual(manifest.counts, countsOf(manifest.members)))
      throw refused(seals.manifest, 'does not add up')
    return { manifest, keyFingerprint: fingerprint(key), members, close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readSeals(file: FileHandle, found: readonly TarMember[], trusted: string | undefined) {
  const text = async (name: string) => {
    const place = found.find(member => member.name === name)
    if (!place) throw refused(name, 'is missing')
    return Buffer.concat(await collect(contentOf(file, place)))
  }
  const [bytes, signed, pem] = [await text(seals.manifest), await text(seals.signature), await text(seals.publicKey)]
  const parsed = signature.safeParse(jsonOf(signed))
  if (!parsed.success || !isCanonical(parsed.data, signed)) throw refused(seals.signature, 'is not a signature')
  const inside = keyOf(pem)
  const key = trusted === undefined ? inside : createPublicKey(trusted)
  if (!inside.equals(key)) throw refused(seals.publicKey, 'is not the key that you trust')
  if (!verifyWith(key, bytes, parsed.data)) throw refused(seals.manifest, 'is not what was signed')
  const manifest = archiveManifest.safeParse(jsonOf(bytes))
  if (!manifest.success) throw refused(seals.manifest, 'is of another version')
  if (manifest.data.signedBy !== parsed.data.key) throw refused(seals.signature, 'names another key')
  return { manifest: manifest.data, key }
}

/** The members must be those of the manifest, in its order, and then the seals. */
function matchMembers({ members }: ArchiveManifest, found: readonly TarMember[]): readonly TarMember[] {
  const wanted = [...members.map(({ name }) => name), ...Object.values(seals)]
  const names = found.map(({ name }) => name)
  const missing = wanted.find(name => !names.includes(name))
  if (missing !== undefined) throw refused(missing, 'is missing')
  const other = names.find((name, i) => name !== wanted[i])
  if (other !== undefined) throw refused(other, 'does not belong there')
  return found
}

async function verifyMember(member: ArchiveMember & { read(): AsyncIterable<Buffer> }): Promise<void> {
  const sum = createHash('sha256')
  let bytes = 0
  for await (const chunk of member.read()) {
    sum.update(chunk)
    bytes += chunk.length
  }
  if (bytes !== member.bytes) throw refused(member.name, `has ${bytes} bytes instead of ${member.bytes}`)
  if (sum.digest('hex') !== member.sha256) throw refused(member.name, 'is not what was signed (SHA-256)')
  if (member.items !== undefined) await countLines(member, member.items)
}

async function countLines(member: ArchiveMember & { read(): AsyncIterable<Buffer> }, wanted: number): Promise<void> {
  let items = 0
  try {
    for await (const lines of gzipLines(member.read())) items += lines.length
  } catch (error) {
    if (isBadGzip(error)) throw refused(member.name, 'does not decompress')
    throw error
  }
  if (items !== wanted) throw refused(member.name, `has ${items} lines instead of ${wanted}`)
}

async function* contentOf(file: FileHandle, { offset, size }: TarMember): AsyncGenerator<Buffer> {
  const chunk = 1_000_000
  for (let at = 0; at < size; at += chunk) {
    const length = Math.min(chunk, size - at)
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position: offset + at, length })
    yield buffer.subarray(0, bytesRead)
  }
}

/** Nothing about a signature may be altered, not even what does not change its meaning. */
function isCanonical(value: Signature, text: Buffer): boolean {
  const isPlain = Buffer.from(value.value, 'base64').toString('base64') === value.value
  return isPlain && JSON.stringify(value) === text.toString()
}

function keyOf(pem: Buffer): KeyObject {
  try {
    const key = createPublicKey(pem)
    if (key.export({ type: 'spki', format: 'pem' }).toString() === pem.toString()) return key
  } catch {
    // Said below.
  }
  throw refused(seals.publicKey, 'is not a public key as it was written')
}

function fingerprint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  for await (const piece of source) pieces.push(piece)
  return pieces
}

function refused(name: string, what: string): Error {
  return new Error(`${name} ${what}. Nothing was loaded: get the archive again from where it was made.`)
}
