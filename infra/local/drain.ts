import { setTimeout as sleep } from 'node:timers/promises'
import { type Context, needs } from './context.ts'

/** 5 ms between two looks. */
const lookIntervalMs = 5

/** What a drain may be told. */
type DrainOptions = {
  signal?: AbortSignal
  /** Waits for what is gathered by time too: the access log. */
  isWhole?: boolean
}

/** Resolves when everything that has been written is also reacted to: workflows ended, streams read, bus and queues empty, functions done. */
export async function drain(context: Context, { signal, isWhole = false }: DrainOptions = {}): Promise<void> {
  while (!signal?.aborted) {
    const before = needs(context, 'functions').activity()
    // What moves on between two of these checks starts or ends a call, so a quiet round is a true one.
    if ((await isIdle(context, isWhole)) && needs(context, 'functions').activity() === before) return
    await sleep(lookIntervalMs)
  }
}

async function isIdle(context: Context, isWhole: boolean): Promise<boolean> {
  if (isWhole && !needs(context, 'logs').isIdle()) return false
  if (!needs(context, 'stepfunctions').isIdle()) return false
  if (!needs(context, 'dynamodb').transfers.isIdle() || !needs(context, 's3').isIdle()) return false
  if (!needs(context, 'eventbridge').idle()) return false
  if (!needs(context, 'scheduler').isIdle()) return false
  for (const source of needs(context, 'eventSources')) {
    if (source.isPatient && !isWhole) continue
    if (!(await source.isIdle())) return false
  }
  return true
}
