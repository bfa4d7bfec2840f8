/** The execution of a run that was started at a version of its record: a name runs once, so each start has its own. */
export function executionName(runId: string, version: number): string {
  return `${runId}-${version}`
}
