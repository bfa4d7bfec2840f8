import type { StateMachine } from 'aws-local-stepfunctions'
import { TaskError } from './task-error.ts'

/** What states hand to each other. */
export type Json = Parameters<StateMachine['run']>[0]

/** 262,144 bytes: AWS's ceiling for the input and output of a state, a task or an execution. */
export const payloadLimitBytes = 262_144

/** A value as it is after a trip through JSON, which is how Lambda hands it on. */
export function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null))
}

/** Whether a value is more than states may hand to each other. */
export function isTooLarge(value: Json): boolean {
  return Buffer.byteLength(JSON.stringify(value)) > payloadLimitBytes
}

/** Throws AWS's terminal error, which no `States.ALL` retries or catches, for what is too large. */
export function assertPayload(what: string, value: Json): void {
  if (isTooLarge(value)) throw dataLimitExceeded(what)
}

/** The error for a value that is too large. */
export function dataLimitExceeded(what: string): TaskError {
  const message = `${what} is larger than the limit of ${payloadLimitBytes} bytes: keep the data in S3 and hand on its key.`
  return new TaskError('States.DataLimitExceeded', message, { isTerminal: true })
}
