import type { Context } from '#lib/runtime/context.ts'

/** A context whose process is killed at its nth transaction: before it is sent, or after it was written and before the answer. */
export function killedAt(ctx: Context, nth: number, moment: 'before' | 'after' = 'before'): Context {
  let writes = 0
  const { table } = ctx.store
  const client = new Proxy(table.client, {
    get: (target, name) => {
      if (name !== 'send') return Reflect.get(target, name)
      return async (command: { constructor: { name: string } }) => {
        const isFatal = command.constructor.name === 'TransactWriteCommand' && ++writes >= nth
        if (isFatal && (moment === 'before' || writes > nth)) throw new Error('killed')
        const answer = await target.send(command as never)
        if (isFatal) throw new Error('killed')
        return answer
      }
    },
  })
  return { ...ctx, store: { ...ctx.store, table: { ...table, client } } }
}

/** A context whose table takes no transaction while it is away. */
export function failingWrites(ctx: Context, away: { isAway: boolean }): Context {
  const { table } = ctx.store
  const client = new Proxy(table.client, {
    get: (target, name) => {
      if (name !== 'send') return Reflect.get(target, name)
      return async (command: { constructor: { name: string } }) => {
        if (away.isAway && command.constructor.name === 'TransactWriteCommand')
          throw Object.assign(new Error('The table is away.'), { name: 'InternalServerError' })
        return target.send(command as never)
      }
    },
  })
  return { ...ctx, store: { ...ctx.store, table: { ...table, client } } }
}
