import type { Part } from '#lib/archive/create-archive.ts'
import { standardObjects } from '#schemas/registry.ts'

const readme = `This is everything that an Evergreen CRM kept for one tenant.

manifest.json        every file of this archive with its size and SHA-256; signed in manifest.sig.json by the key public-key.pem
definitions.json     the objects and their fields, with labels in English and Chinese
records/*.ndjson.gz  every record as it was, one a line: "fields" is what people entered; users, roles, teams and settings are records too
history/*.ndjson.gz  every change of every record: who, when, and each field's old and new value
keys/*.ndjson.gz     unique values, look-up keys and notes: made of the records, here so that nothing has to be made again
files/*              attachments and reports; manifest.json has their names
access-log/*         who read, changed or exported what, with the signed digests of each hour; manifest.json has their names and metadata

To load it into an empty tenant: npm run import-tenant -- THIS_FILE --into NEW_FOLDER
`

/** What tells people and programs what the other parts are. */
export function* textParts(): Generator<Part> {
  yield text('README.txt', 'text', readme)
  yield text('definitions.json', 'definitions', JSON.stringify(standardObjects.all, null, 1))
}

function text(name: string, kind: Part['kind'], content: string): Part {
  const bytes = Buffer.from(content)
  return { name, kind, size: bytes.length, content: [bytes] }
}
