import * as z from 'zod'

const count = z.int().min(0)

/** What a member of an archive holds. */
const memberKinds = ['records', 'history', 'keys', 'definitions', 'files', 'access-log', 'text'] as const

const member = z.strictObject({
  name: z.string(),
  kind: z.enum(memberKinds),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Lines, where it has some. */
  items: count.optional(),
  /** Of a file: what it was called in its bucket, and what it is. */
  key: z.string().optional(),
  contentType: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
})

/** What an archive of a tenant holds, as it was signed: every member, in order. */
export const archiveManifest = z.strictObject({
  format: z.literal('evergreen-archive/1'),
  tenant: z.string(),
  /** The moment whose state it holds, and the backup that it was made of. */
  cutOffAt: z.iso.datetime(),
  backupId: z.string(),
  madeAt: z.iso.datetime(),
  /** ARN of the key that signed it. */
  signedBy: z.string(),
  /** Files that belonged to the backup and have expired since. */
  missing: z.array(z.string()).default([]),
  counts: z.strictObject({ records: count, history: count, keys: count, files: count, accessLogs: count }),
  members: z.array(member),
})

/** What an archive of a tenant holds. */
export type ArchiveManifest = z.infer<typeof archiveManifest>
/** A part of an archive. */
export type ArchiveMember = z.infer<typeof member>

/** The members that say what the others are; they come last, in this order. */
export const seals = { manifest: 'manifest.json', signature: 'manifest.sig.json', publicKey: 'public-key.pem' } as const
