import { gzipSync } from 'node:zlib'
import type { Part } from '#lib/archive/create-archive.ts'
import { parseItemLine } from '#lib/backup/export-line.ts'
import { itemOf } from '#lib/store/attribute-json.ts'
import type { JsonObject } from '#schemas/json.ts'

/** 8 million characters of lines make a member: held in memory, one of each kind. */
const memberChars = 8_000_000

type Kind = 'records' | 'history' | 'keys'

/** The items of an export as members of plain JSON lines: records, their history, and the keys that are found by. */
export async function* itemParts(lines: AsyncIterable<string>): AsyncGenerator<Part> {
  const held: Record<Kind, { lines: string[]; chars: number; next: number }> = {
    records: { lines: [], chars: 0, next: 0 },
    history: { lines: [], chars: 0, next: 0 },
    keys: { lines: [], chars: 0, next: 0 },
  }
  const flush = (kind: Kind): Part => {
    const group = held[kind]
    const name = `${kind}/${String(group.next++).padStart(6, '0')}.ndjson.gz`
    const content = gzipSync(group.lines.map(line => `${line}\n`).join(''))
    const items = group.lines.length
    group.lines = []
    group.chars = 0
    return { name, kind, items, size: content.length, content: [content] }
  }
  for await (const line of lines) {
    const item = itemOf(parseItemLine(line)?.Item ?? {})
    const kind = kindOf(item)
    const text = JSON.stringify(item)
    held[kind].lines.push(text)
    held[kind].chars += text.length
    if (held[kind].chars > memberChars) yield flush(kind)
  }
  for (const kind of ['records', 'history', 'keys'] as const) if (held[kind].lines.length > 0) yield flush(kind)
}

function kindOf({ pk, sk }: JsonObject): Kind {
  if (!String(pk).startsWith('R#')) return 'keys'
  if (sk === 'A') return 'records'
  return String(sk).startsWith('V#') ? 'history' : 'keys'
}
