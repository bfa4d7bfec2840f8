import type { Context } from '#lib/runtime/context.ts'
import type { StoredGroup } from '#lib/store/duplicate-items.ts'
import { readChange, readRecords } from '#lib/store/read.ts'

/** The group as merged, when all its members but one went into that one, by this group's decision or otherwise. */
export async function closedGroup(
  { store }: Pick<Context, 'store'>,
  group: StoredGroup,
): Promise<StoredGroup | undefined> {
  const found = await readRecords(store, group.members)
  const members = [...found.values()]
  const into = (id: string): string => {
    const next = found.get(id)?.mergedInto
    return next !== undefined && found.has(next) ? into(next) : id
  }
  const [survivor, ...others] = new Set(group.members.map(into))
  if (survivor === undefined || others.length > 0 || found.size < group.members.length) return undefined
  const absorbed = members.filter(({ mergedInto }) => mergedInto !== undefined)
  const last = absorbed.toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))[0]
  if (!last) return undefined
  const changes = await Promise.all(absorbed.map(({ id, version }) => readChange(store, id, version)))
  const merges = [...new Set(changes.flatMap(change => change?.merge?.id ?? []))]
  return { ...group, status: 'merged', survivor, merges, decidedBy: last.updatedBy, decidedAt: last.updatedAt }
}
