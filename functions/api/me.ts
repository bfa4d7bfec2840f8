import { ok } from '#functions/edge/answers.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { CrmError } from '#lib/errors.ts'
import { describeAccess } from '#lib/permissions/describe.ts'
import { ListObjects, ReadObject, WhoAmI } from '#schemas/api/me.ts'

export const handler = serve([
  on(WhoAmI, async ctx => ok(describeAccess(ctx.actor, ctx.objects))),

  on(ListObjects, async ctx => ok({ items: ctx.objects.all })),

  on(ReadObject, async ({ objects }, { path: { name } }) => {
    const object = objects.byName.get(name) ?? objects.byPlural.get(name)
    if (object) return ok(object)
    const names = objects.all.map(each => each.name).join(', ')
    throw new CrmError('not_found', `There is no object "${name.slice(0, 60)}". There are ${names}.`)
  }),
])
