import * as z from 'zod'

const types = ['Task', 'Map', 'Parallel', 'Pass', 'Choice', 'Wait', 'Succeed', 'Fail'] as const

/** One state; fields that only the interpreter reads are kept as they are. */
export type State = {
  Type: (typeof types)[number]
  Resource?: string | undefined
  ItemProcessor?: Machine | undefined
  Iterator?: Machine | undefined
  Branches?: Machine[] | undefined
  [field: string]: unknown
}

/** A definition in Amazon States Language, or the part of one inside a Map or Parallel state. */
export type Machine = {
  StartAt: string
  States: Record<string, State>
  ProcessorConfig?: { Mode?: 'INLINE' | 'DISTRIBUTED' | undefined } | undefined
  [field: string]: unknown
}

const state: z.ZodType<State> = z.lazy(() =>
  z.looseObject({
    Type: z.enum(types),
    Resource: z.string().optional(),
    ItemProcessor: machine.optional(),
    Iterator: machine.optional(),
    Branches: z.array(machine).optional(),
  }),
)

const machine: z.ZodType<Machine> = z.lazy(() =>
  z.looseObject({
    StartAt: z.string(),
    States: z.record(z.string(), state),
    ProcessorConfig: z.looseObject({ Mode: z.enum(['INLINE', 'DISTRIBUTED']).optional() }).optional(),
  }),
)

/** Reads a definition; throws when it is none. */
export function parseMachine(text: string): Machine {
  return machine.parse(JSON.parse(text))
}

/** The machines inside a state: what a Map runs for each item, or the branches of a Parallel. */
export function innerMachines({ ItemProcessor, Iterator: older, Branches = [] }: State): Machine[] {
  return [ItemProcessor, older, ...Branches].filter(inner => inner !== undefined)
}

/** Whether a Map runs its items as executions of their own. */
export function isDistributed({ ItemProcessor }: State): boolean {
  return ItemProcessor?.ProcessorConfig?.Mode === 'DISTRIBUTED'
}
