import { parseChangeLine, parseItemLine } from '#lib/backup/export-line.ts'
import { gzipLines } from '#lib/backup/gzip-lines.ts'
import type { Chain, ChainFile } from '#lib/backup/read-chain.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { isJsonObject, type JsonObject } from '#schemas/json.ts'

/** By which increment a key was changed last. */
type LastChanges = Map<string, number>

/**
 * The items that a chain comes to, as the lines of a full export. Holds the keys that the increments changed, never the items.
 */
export async function* chainLines({ vault, chain }: { vault: Vault; chain: Chain }): AsyncGenerator<string> {
  const last: LastChanges = new Map()
  for (const file of chain.files.filter(({ lines }) => lines === 'change'))
    for await (const { keys } of changesOf(vault, file)) last.set(keyText(keys), linkOf(chain, file))
  for (const file of chain.files)
    if (file.lines === 'item' || file.lines === 'change') yield* mergedLines(vault, { chain, file, last })
}

async function* mergedLines(
  vault: Vault,
  { chain, file, last }: { chain: Chain; file: ChainFile; last: LastChanges },
): AsyncGenerator<string> {
  if (file.lines === 'item') {
    for await (const lines of gzipLines(await vault.read(file.key, file.versionId)))
      for (const line of lines) {
        // Without increments no line is looked into.
        if (last.size === 0) yield line
        else if (!last.has(keyText(parseItemLine(line)?.Item ?? {}))) yield line
      }
    return
  }
  const link = linkOf(chain, file)
  for await (const { keys, image } of changesOf(vault, file))
    if (image && last.get(keyText(keys)) === link) yield JSON.stringify({ Item: image })
}

async function* changesOf(vault: Vault, file: ChainFile): AsyncGenerator<{ keys: JsonObject; image?: JsonObject }> {
  for await (const lines of gzipLines(await vault.read(file.key, file.versionId)))
    for (const line of lines) {
      const change = parseChangeLine(line)
      if (change) yield { keys: change.Keys, ...(change.NewImage && { image: change.NewImage }) }
    }
}

function linkOf({ links }: Chain, { backupId }: ChainFile): number {
  return links.findIndex(({ id }) => id === backupId)
}

function keyText({ pk, sk }: JsonObject): string {
  return JSON.stringify([isJsonObject(pk) ? pk['S'] : pk, isJsonObject(sk) ? sk['S'] : sk])
}
