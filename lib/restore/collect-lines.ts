import { parseChangeLine, parseItemLine } from '#lib/backup/export-line.ts'
import { gzipLines } from '#lib/backup/gzip-lines.ts'
import type { Chain } from '#lib/backup/read-chain.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { partitionOf } from '#lib/restore/partition-of.ts'
import { padded, type RestorePlan, restoreFiles, type Wanted } from '#lib/restore/restore-files.ts'
import type { Files } from '#lib/runtime/files.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

/** An item of a wanted record as a link of the chain has it, in DynamoDB JSON; null: it was deleted. */
export type CollectedLine = { id: string; sk: string; item: JsonObject | null }

/** 32 million characters are held before they are written. */
const heldChars = 32_000_000

type Work = { vault: Vault; files: Files; plan: RestorePlan; chain: Chain }

/**
 * Copies what a file of the chain says of the wanted records to the partitions they belong to. Doing it again writes the same
 * files again.
 */
export async function collectLines({ vault, files, plan, chain }: Work, place: number): Promise<void> {
  const file = chain.files[place]
  if (!file || (file.lines !== 'item' && file.lines !== 'change')) return
  const link = chain.links.findIndex(({ id }) => id === file.backupId)
  const held = openHeld(files, partition => {
    return `${restoreFiles.collected(plan.runId, partition)}${padded(link)}-${padded(place)}-`
  })
  for await (const lines of gzipLines(await vault.read(file.key, file.versionId)))
    for (const line of lines) {
      const found = wantedLine(line, { kind: file.lines, wanted: plan.wanted })
      if (found) await held.add(partitionOf(found.id, plan.partitions), JSON.stringify(found))
    }
  await held.flush()
}

/** Lines by partition, written out when they have become many. */
function openHeld(files: Files, prefixOf: (partition: number) => string) {
  const held = new Map<number, string[]>()
  let chars = 0
  let round = 0
  const flush = async () => {
    for (const [partition, lines] of held) {
      const key = `${prefixOf(partition)}${padded(round)}.ndjson`
      await files.write(key, `${lines.join('\n')}\n`, { contentType: 'application/x-ndjson' })
    }
    held.clear()
    chars = 0
    round += 1
  }
  const add = async (partition: number, line: string) => {
    const lines = held.get(partition) ?? []
    held.set(partition, lines)
    lines.push(line)
    chars += line.length
    if (chars > heldChars) await flush()
  }
  return { add, flush }
}

function wantedLine(
  line: string,
  { kind, wanted }: { kind: 'item' | 'change'; wanted: Wanted },
): CollectedLine | undefined {
  // Most lines are of other records: looked at as text before they are parsed.
  if (!line.includes('R#')) return undefined
  const change = kind === 'change' ? parseChangeLine(line) : undefined
  const item = kind === 'item' ? (parseItemLine(line)?.Item ?? null) : (change?.NewImage ?? null)
  const keys = kind === 'item' ? item : change?.Keys
  const pk = textOf(keys?.['pk'])
  const sk = textOf(keys?.['sk'])
  const id = pk.startsWith('R#') ? pk.slice(2) : ''
  const isPart = sk === 'A' || sk.startsWith('V#')
  return isPart && isWanted(wanted, id) ? { id, sk, item } : undefined
}

function isWanted(wanted: Wanted, id: string): boolean {
  return 'ids' in wanted ? wanted.ids.includes(id) : id.startsWith(`${wanted.prefix}_`)
}

function textOf(typed: Json | undefined): string {
  return isJsonObject(typed) && typeof typed['S'] === 'string' ? typed['S'] : ''
}
