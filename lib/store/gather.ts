import type { Key } from '#lib/store/keys.ts'
import type { Store } from '#lib/store/table.ts'

type Item = Record<string, unknown>
/** Reads the items of some keys; missing ones are absent. */
type ReadAll = (keys: Key[]) => Promise<Item[]>
type Gathering = { keys: Map<string, Key>; items: Promise<Map<string, Item>> }

/** What a request is about to read; the request's own view of the table stands for it. */
const gatherings = new WeakMap<Store, Gathering>()

/**
 * Reads items together with all others that the same request asks for at this moment: a batch, or rows of an import, that
 * each look up something cost one round trip. Nothing is remembered: what is asked for later is read again.
 * @returns the items found, by `textOf` their keys; those that others asked for may be among them.
 */
export function readGathered(store: Store, keys: readonly Key[], readAll: ReadAll): Promise<Map<string, Item>> {
  const gathering = gatherings.get(store) ?? startGathering(store, readAll)
  for (const key of keys) gathering.keys.set(textOf(key), key)
  return gathering.items
}

/** A key, or the key of an item, as one text. */
export function textOf({ pk, sk }: Item | Key): string {
  return `${pk}\n${sk}`
}

function startGathering(store: Store, readAll: ReadAll): Gathering {
  const keys = new Map<string, Key>()
  const items = everyoneAsked().then(async () => {
    gatherings.delete(store)
    const found = await readAll([...keys.values()])
    return new Map(found.map(item => [textOf(item), item]))
  })
  const gathering = { keys, items }
  gatherings.set(store, gathering)
  return gathering
}

/** Once all promises that are settled by now have been followed: who asks at the same time has asked then. */
function everyoneAsked(): Promise<void> {
  return new Promise(resolve => {
    queueMicrotask(() => process.nextTick(resolve))
  })
}
