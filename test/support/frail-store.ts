import type { Context } from '#lib/runtime/context.ts'

type Command = { constructor: { name: string }; input: object }

/** A context whose process is killed at its nth transaction: before it is sent, or after it was written and before the answer. */
export function killedAt(ctx: Context, nth: number, moment: 'before' | 'after' = 'before'): Context {
  let writes = 0
  return sendingBy(ctx, async (command, send) => {
    const isFatal = isTransaction(command) && ++writes >= nth
    if (isFatal && (moment === 'before' || writes > nth)) throw new Error('killed')
    const answer = await send()
    if (isFatal) throw new Error('killed')
    return answer
  })
}

/** A context whose table takes no transaction while it is away. */
export function failingWrites(ctx: Context, away: { isAway: boolean }): Context {
  return sendingBy(ctx, async (command, send) => {
    if (away.isAway && isTransaction(command))
      throw Object.assign(new Error('The table is away.'), { name: 'InternalServerError' })
    return send()
  })
}

/** A context whose table takes no transaction that names one of some ids; `tried` hears of each. */
export function refusingWrites(ctx: Context, ids: readonly string[], tried: () => void = () => {}): Context {
  return sendingBy(ctx, async (command, send) => {
    const text = isTransaction(command) ? JSON.stringify(command.input) : ''
    if (!ids.some(id => text.includes(id))) return send()
    tried()
    throw new Error('cannot be written')
  })
}

function isTransaction(command: Command): boolean {
  return command.constructor.name === 'TransactWriteCommand'
}

function sendingBy(ctx: Context, by: (command: Command, send: () => Promise<unknown>) => Promise<unknown>): Context {
  const { table } = ctx.store
  const client = new Proxy(table.client, {
    get: (target, name) => {
      if (name !== 'send') return Reflect.get(target, name)
      return (command: Command) => by(command, () => target.send(command as never))
    },
  })
  return { ...ctx, store: { ...ctx.store, table: { ...table, client } } }
}
