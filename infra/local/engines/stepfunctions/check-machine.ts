import { innerMachines, isDistributed, type Machine, type State } from './machine.ts'

/** Fields that the interpreter would pass over in silence. */
const unknownFields = [
  'QueryLanguage',
  'Assign',
  'Arguments',
  'Output',
  'HeartbeatSeconds',
  'HeartbeatSecondsPath',
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'ToleratedFailureCount',
  'ToleratedFailureCountPath',
  'ToleratedFailurePercentage',
  'ToleratedFailurePercentagePath',
  'Credentials',
]

/** Parts of the context object that are not filled in here. */
const unknownContext = /\$\$\.(State|Task)\b/

/** 24.8 days: the longest that a timer of Node can wait. */
const longestWaitS = 2_147_483

/**
 * What a definition asks for that cannot be run here as AWS runs it, a sentence each; empty for one that can. Better to
 * refuse a definition than to run another one than AWS would.
 */
export function checkMachine(machine: Machine, canRun: (resource: string) => boolean): string[] {
  const seen = new Set<string>()
  const check = (inner: Machine, isInside: boolean): string[] => [
    ...(inner.States[inner.StartAt] === undefined ? [`StartAt names ${inner.StartAt}, which is no state.`] : []),
    ...('QueryLanguage' in inner ? ['QueryLanguage: only JSONPath, the default, runs here.'] : []),
    ...Object.entries(inner.States).flatMap(([name, state]) => {
      const again = seen.has(name) ? [`${name}: the name is used twice.`] : []
      seen.add(name)
      const here = problemsOf(state, { isInside, canRun }).map(problem => `${name}: ${problem}`)
      return [...again, ...here, ...innerMachines(state).flatMap(part => check(part, !isDistributed(state)))]
    }),
  ]
  return check(machine, false)
}

function problemsOf(
  state: State,
  { isInside, canRun }: { isInside: boolean; canRun: (resource: string) => boolean },
): string[] {
  const { ItemProcessor: _, Iterator: __, Branches: ___, ...own } = state
  const text = JSON.stringify(own)
  const problems = unknownFields.filter(field => field in state).map(field => `${field} does not run here.`)
  if (unknownContext.test(text)) problems.push('$$.State and $$.Task are not known here.')
  if (text.includes('$$.Execution.Input') && (isInside || innerMachines(state).length > 0))
    problems.push('$$.Execution.Input is not known inside a Map or Parallel here.')
  if (state.Type === 'Wait' && Number(state['Seconds'] ?? 0) > longestWaitS)
    problems.push(`Seconds: at most ${longestWaitS} here.`)
  if (state.Type !== 'Task' && text.includes('States.TaskFailed'))
    problems.push('States.TaskFailed matches Task states only: name States.ALL.')
  if (state.Type === 'Task' && !canRun(state.Resource ?? ''))
    problems.push(
      `Resource ${state.Resource ?? '(none)'} has no local handler (infra/local/engines/stepfunctions/tasks.ts).`,
    )
  return problems
}
