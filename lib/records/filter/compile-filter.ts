import type { ASTNode } from '@marcbachmann/cel-js'
import { invalidFilter } from '#lib/errors.ts'
import { fieldAccess } from '#lib/permissions/rules.ts'
import { isJudged, openQuality } from '#lib/quality/open-quality.ts'
import { type Viewer, viewQuality } from '#lib/quality/view-quality.ts'
import { typeOf } from '#lib/records/fields/types.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A condition ready to run. */
export type Filter = {
  test(record: StoredRecord): boolean
  /** `record.field == "value"` parts that must all hold: what an index can answer. */
  equalities: ReadonlyMap<string, string>
}

/** A condition as it is kept: who asks, and when, is told with each record. */
type Compiled = {
  test(viewer: Viewer, record: StoredRecord): boolean
  equalities: ReadonlyMap<string, string>
  names: ReadonlySet<string>
}

/** 4,000 characters: longer than any condition a person writes. */
const maxLength = 4_000
const maxCached = 200
const cache = new Map<string, Compiled>()
/** Macros that run over a list. */
const loops = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

/**
 * Parses and type-checks a CEL condition against an object's fields. A comparison with an empty field is never true (use has()).
 * @throws CrmError `invalid_filter` saying what is wrong and where.
 */
export async function compileFilter(ctx: Context, object: ObjectDefinition, source: string): Promise<Filter> {
  const key = `${object.name}\n${ctx.actor.id}\n${source}`
  const filter = cache.get(key) ?? (await compileAnew(ctx, object, source))
  // Checked each time: the role may have changed since.
  checkNames(ctx, object, filter.names)
  if (cache.size >= maxCached) cache.clear()
  cache.set(key, filter)
  if (filter.names.has('quality')) await openQuality(object)
  return { equalities: filter.equalities, test: record => filter.test(ctx, record) }
}

async function compileAnew(ctx: Context, object: ObjectDefinition, source: string): Promise<Compiled> {
  if (source.length > maxLength) throw invalidFilter(`The filter is longer than ${maxLength} characters.`)
  // 80 KB of CEL: loaded with the first filter, not with the function.
  const { environmentFor } = await import('#lib/records/filter/environment.ts')
  const environment = environmentFor(object)
  const checked = environment.check(source)
  if (!checked.valid) throw invalidFilter(`The filter does not hold: ${checked.error?.message ?? 'it cannot be read'}`)
  if (checked.type !== 'bool' && checked.type !== 'dyn')
    throw invalidFilter(`The filter gives ${checked.type}; it must give true or false.`)
  const evaluate = environment.parse(source)
  checkLoops(evaluate.ast, false)
  const names = usedFields(evaluate.ast)
  const { id: me } = ctx.actor
  const equalities = new Map<string, string>()
  collectEqualities(evaluate.ast, me, equalities)
  return {
    names,
    equalities,
    test: (viewer, record) => isTrue(() => evaluate({ record: forFilter(viewer, { object, record, names }), me })),
  }
}

/** A record's members as CEL sees them, only those that the filter uses; empty fields are absent. */
function forFilter(
  viewer: Viewer,
  { object, record, names }: { object: ObjectDefinition; record: StoredRecord; names: ReadonlySet<string> },
) {
  const members: Record<string, unknown> = {}
  for (const name of names) {
    const field = object.fields[name]
    if (name === 'quality' && isJudged(object)) members[name] = viewQuality(viewer, object, record)
    else if (!field) members[name] = serverMember(record, name)
    else if (record.fields[name] !== undefined) {
      const value = record.fields[name]
      const convert = typeOf(field).toCel
      members[name] = convert ? convert(value, field) : value
    }
  }
  return members
}

function serverMember(record: StoredRecord, name: string): unknown {
  if (name === 'createdAt') return new Date(record.createdAt)
  if (name === 'updatedAt') return new Date(record.updatedAt)
  const { id, object, version, createdBy, updatedBy } = record
  const members: Record<string, unknown> = { id, object, version, createdBy, updatedBy }
  return members[name]
}

/** CEL's own rule: an error, such as an empty field, is not true. */
function isTrue(evaluate: () => unknown): boolean {
  try {
    return evaluate() === true
  } catch {
    return false
  }
}

function checkNames(ctx: Context, object: ObjectDefinition, names: ReadonlySet<string>): void {
  for (const name of names) {
    const access = fieldAccess(ctx.actor, object.name, name)
    if (access === 'hidden' || access === 'masked')
      throw invalidFilter(`Your role may not filter ${object.plural} by ${name}.`)
  }
}

/** Names of the record's members that an expression reads; refuses what could hang or hide a name. */
function usedFields(ast: ASTNode): Set<string> {
  const names = new Set<string>()
  walk(ast, node => {
    if ((node.op === 'rcall' || node.op === 'call') && node.args[0] === 'matches')
      throw invalidFilter('A filter cannot use matches(); use startsWith, endsWith, contains, == or in.')
    if (node.op === '.' && isRecord(node.args[0])) names.add(node.args[1])
    if (node.op === '[]' && node.args[1].op === 'value' && typeof node.args[1].args !== 'string')
      throw invalidFilter('A filter cannot pick an entry by its place; write record.list.exists(entry, entry == ...).')
    if ((node.op === '[]' || node.op === '[?]' || node.op === '.?') && isRecord(node.args[0]))
      throw invalidFilter('Write record.field, not record["field"].')
  })
  if (countRecord(ast) > countMembers(ast))
    throw invalidFilter('A filter must use record.field, not record as a whole.')
  return names
}

/** A loop in a loop multiplies: a filter that runs over thousands of records has no time for it. */
function checkLoops(value: unknown, isInLoop: boolean): void {
  if (Array.isArray(value)) for (const part of value) checkLoops(part, isInLoop)
  if (!isNode(value)) return
  const isLoop = value.op === 'rcall' && loops.has(value.args[0])
  if (isLoop && isInLoop) throw invalidFilter('A filter cannot run over a list for each entry of another.')
  checkLoops(isLoop ? value.args[1] : value.args, isInLoop)
  if (isLoop) checkLoops(value.args[2], true)
}

function countRecord(ast: ASTNode): number {
  let count = 0
  walk(ast, node => {
    if (isRecord(node)) count += 1
  })
  return count
}

function countMembers(ast: ASTNode): number {
  let count = 0
  walk(ast, node => {
    if (node.op === '.' && isRecord(node.args[0])) count += 1
  })
  return count
}

/** `record.a == "x"` joined by && at the top of the expression. */
function collectEqualities(node: ASTNode, me: string, found: Map<string, string>): void {
  if (node.op === '&&') {
    collectEqualities(node.args[0], me, found)
    collectEqualities(node.args[1], me, found)
  }
  if (node.op !== '==') return
  const [left, right] = node.args
  const value = right.op === 'value' ? right.args : right.op === 'id' && right.args === 'me' ? me : undefined
  if (left.op === '.' && isRecord(left.args[0]) && typeof value === 'string') found.set(left.args[1], value)
}

function isRecord(node: ASTNode): boolean {
  return node.op === 'id' && node.args === 'record'
}

function walk(value: unknown, visit: (node: ASTNode) => void): void {
  if (Array.isArray(value)) for (const part of value) walk(part, visit)
  else if (isNode(value)) {
    visit(value)
    walk(value.args, visit)
  }
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}
