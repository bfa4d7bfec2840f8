import type { Actor } from '#lib/permissions/actor.ts'
import type { RecordRule } from '#lib/permissions/rules.ts'
import { isId } from '#lib/runtime/ids.ts'
import { matchPartition, objectPartition, ownerPartition } from '#lib/store/keys.ts'
import type { Partition } from '#lib/store/query.ts'
import { type FieldDefinition, type ObjectDefinition, targetsOf } from '#schemas/definition.ts'

/** What narrows a list to one partition. */
export type Narrowing = {
  trash: boolean
  owner: string | undefined
  parent: { id: string; object: string } | undefined
  /** `field == value` parts of the filter. */
  equalities: ReadonlyMap<string, string>
}

/** Where a list is read. `isLookup`: rows are pointers to records, to be fetched. */
export type ListSource = { partitions: Partition[]; isLookup: boolean }

/** The fewest partitions that hold every record a list may show; what they hold beyond that is filtered out. */
export function listSource(
  request: { actor: Actor; object: ObjectDefinition; rule: RecordRule; listShards: number },
  narrowing: Narrowing,
): ListSource {
  const { object } = request
  if (!narrowing.trash) {
    const child = childSource(object, narrowing)
    if (child) return child
    const owner = ownerOfAll(request, narrowing)
    if (owner) return { partitions: [{ index: 'byOwner', pk: ownerPartition(owner, object.name) }], isLookup: false }
  }
  const shards = Array.from({ length: request.listShards }, (_, shard) => shard)
  const partitions = shards.map(
    (shard): Partition => ({
      index: 'byObject',
      pk: objectPartition(object.name, shard, narrowing.trash ? 'trash' : 'all'),
    }),
  )
  return { partitions, isLookup: false }
}

/** Fields through which records of an object hang on a record of another. */
export function linksTo(object: ObjectDefinition, target: string): [name: string, field: FieldDefinition][] {
  return Object.entries(object.fields).filter(
    ([, field]) => field.type === 'reference' && targetsOf(field).includes(target) && (field.parent || field.lookup),
  )
}

function childSource(object: ObjectDefinition, { parent, equalities }: Narrowing): ListSource | undefined {
  for (const [name, field] of Object.entries(object.fields)) {
    if (field.type !== 'reference') continue
    const value = parent && targetsOf(field).includes(parent.object) ? parent.id : equalities.get(name)
    // Anything else cannot be a key of the index, and no record has it.
    if (value === undefined || !isId(value)) continue
    if (field.parent)
      return { partitions: [{ index: 'byParent', pk: value, prefix: `${object.name}#` }], isLookup: false }
    if (field.lookup) return { partitions: [{ pk: matchPartition(object.name, name, value) }], isLookup: true }
  }
  return undefined
}

function ownerOfAll(
  { actor, object, rule }: { actor: Actor; object: ObjectDefinition; rule: RecordRule },
  narrowing: Narrowing,
): string | undefined {
  const { ownerField } = object
  if (!ownerField || ownerField === 'id') return undefined
  const isOwnOnly = typeof rule === 'object' && rule.scope === 'own'
  const owner = narrowing.owner ?? (isOwnOnly ? actor.id : narrowing.equalities.get(ownerField))
  return owner !== undefined && isId(owner) ? owner : undefined
}
