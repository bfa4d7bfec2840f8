import { type FieldProblem, pointerTo } from '#lib/errors.ts'
import type { Context } from '#lib/runtime/context.ts'
import { checkFollowUps } from '#lib/settings/check-follow-ups.ts'
import { checkEntryStandards } from '#lib/settings/check-standard.ts'
import { readRecord } from '#lib/store/read.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'
import { type TenantPolicy, tenantPolicy } from '#schemas/settings.ts'

/** A policy that can be used, or why it cannot. */
type Checked = { policy: TenantPolicy; problems: [] } | { problems: FieldProblem[] }

/**
 * Checks what a tenant wants to decide: its shape, and that what it names exists and fits.
 * @param decided all that is decided, without the defaults.
 * @param patch what is being changed: only its sections are answered for.
 */
export async function checkPolicy(
  ctx: Context,
  { decided, patch }: { decided: JsonObject; patch: JsonObject },
): Promise<Checked> {
  const strangers = strangersIn(patch)
  const parsed = tenantPolicy.safeParse(decided)
  if (!parsed.success) return { problems: [...strangers, ...parsed.error.issues.flatMap(issueProblems)] }
  const problems = [
    ...strangers,
    ...('standards' in patch ? await checkEntryStandards(ctx, parsed.data.standards) : []),
    ...('followUps' in patch ? await checkFollowUps(ctx, parsed.data.followUps) : []),
    ...('audit' in patch ? await reviewerProblems(ctx, parsed.data) : []),
  ]
  return problems.length > 0 ? { problems } : { policy: parsed.data, problems: [] }
}

/** Names that a null would set back, but that do not exist: nothing would happen, and nobody would know. */
function strangersIn(patch: JsonObject): FieldProblem[] {
  const nulls = (value: Json, path: string[]): string[][] => {
    if (value === null) return [path]
    return isJsonObject(value) ? Object.entries(value).flatMap(([name, part]) => nulls(part, [...path, name])) : []
  }
  return nulls(patch, []).flatMap(path => {
    const probe = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), undefined)
    const issues = tenantPolicy.safeParse(probe).error?.issues ?? []
    return issues.filter(({ code }) => code === 'unrecognized_keys' || code === 'invalid_key').flatMap(issueProblems)
  })
}

type Issue = { code: string; path: readonly PropertyKey[]; message: string; keys?: readonly string[] }

function issueProblems({ code, path, message, keys }: Issue): FieldProblem[] {
  if (code === 'unrecognized_keys' && keys)
    return keys.map(key => ({
      pointer: pointerTo(...path, key),
      code: 'unknown_field',
      detail: `${[...path, key].map(String).join('.')} is not a setting; leave it out, or see GET /v1/settings for those there are.`,
    }))
  const detail = /^must /.test(message) ? message : `is not valid: ${message}`
  return [
    {
      pointer: pointerTo(...path),
      code: code === 'custom' ? 'invalid_value' : code,
      detail: `${path.map(String).join('.') || 'The body'} ${detail.replace(/\.$/, '')}.`,
    },
  ]
}

async function reviewerProblems(ctx: Context, { audit }: TenantPolicy): Promise<FieldProblem[]> {
  const { reviewerId } = audit
  if (reviewerId === undefined) return []
  const user = await readRecord(ctx.store, reviewerId)
  if (user?.object === 'user' && user.deletedAt === undefined && user.fields['status'] !== 'disabled') return []
  const detail = `audit.reviewerId names ${reviewerId}, who is no user that can sign in; name one that GET /v1/users lists.`
  return [{ pointer: '/audit/reviewerId', code: 'invalid_reference', detail }]
}
