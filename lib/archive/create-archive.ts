import { createHash } from 'node:crypto'
import { type ArchiveManifest, type ArchiveMember, seals } from '#lib/archive/manifest.ts'
import { tarEnd, tarHeader, tarPadding } from '#lib/archive/tar.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'

/** A part of an archive as it is to be written. */
export type Part = Omit<ArchiveMember, 'bytes' | 'sha256'> & {
  /** Of the content, known before it comes. */
  size: number
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

type Writing = {
  about: Omit<ArchiveManifest, 'counts' | 'members' | 'signedBy' | 'format'>
  parts: AsyncIterable<Part>
  evidence: Pick<EvidenceKey, 'sign' | 'publicKeyPem'>
}

/** An archive on its way. */
export type Archive = {
  bytes: AsyncIterable<Uint8Array>
  /** What it holds; known once all bytes were taken. */
  manifest(): ArchiveManifest
}

/** An archive of parts, in the order in which they come; the manifest comes last, signed. Holds one piece of one part. */
export function createArchive(writing: Writing): Archive {
  const result: { manifest?: ArchiveManifest } = {}
  return {
    bytes: archiveBytes(writing, result),
    manifest: () => {
      if (!result.manifest) throw new Error('The archive ended without a manifest.')
      return result.manifest
    },
  }
}

async function* archiveBytes(
  { about, parts, evidence }: Writing,
  result: { manifest?: ArchiveManifest },
): AsyncGenerator<Uint8Array> {
  const members: ArchiveMember[] = []
  for await (const { size, content, ...member } of parts) {
    const sum = createHash('sha256')
    yield tarHeader(member.name, size)
    let bytes = 0
    for await (const chunk of content) {
      sum.update(chunk)
      bytes += chunk.length
      yield chunk
    }
    if (bytes !== size)
      throw new Error(`${member.key ?? member.name} changed while it was read: write the archive again.`)
    yield tarPadding(size)
    members.push({ ...member, bytes, sha256: sum.digest('hex') })
  }
  // The signature of nothing tells which key it is.
  const { key: signedBy } = await evidence.sign(Buffer.alloc(0))
  const manifest: ArchiveManifest = {
    format: 'evergreen-archive/1',
    ...about,
    signedBy,
    counts: countsOf(members),
    members,
  }
  const text = Buffer.from(JSON.stringify(manifest, null, 1))
  const signature = JSON.stringify(await evidence.sign(text))
  yield* small(seals.manifest, text)
  yield* small(seals.signature, Buffer.from(signature))
  yield* small(seals.publicKey, Buffer.from(await evidence.publicKeyPem()))
  yield tarEnd
  result.manifest = manifest
}

function* small(name: string, bytes: Buffer): Generator<Uint8Array> {
  yield tarHeader(name, bytes.length)
  yield bytes
  yield tarPadding(bytes.length)
}

/** What the members of each kind add up to. */
export function countsOf(members: readonly ArchiveMember[]): ArchiveManifest['counts'] {
  const of = (kind: ArchiveMember['kind']) => members.filter(member => member.kind === kind)
  const items = (kind: ArchiveMember['kind']) => of(kind).reduce((sum, { items: count = 0 }) => sum + count, 0)
  return {
    records: items('records'),
    history: items('history'),
    keys: items('keys'),
    files: of('files').length,
    accessLogs: of('access-log').length,
  }
}
