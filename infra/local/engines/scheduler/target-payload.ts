/** One run of a schedule, as its input can name it. */
export type Run = { scheduleArn: string; executionId: string; scheduledAt: number; attempt: number }

/** What a target is called with: its input with the run filled in, or the event that AWS makes up when there is none. */
export function payloadOf(input: string | undefined, run: Run): string {
  if (input === undefined) return JSON.stringify(scheduledEvent(run))
  const values: Record<string, string> = {
    'scheduled-time': inSeconds(run.scheduledAt),
    'execution-id': run.executionId,
    'schedule-arn': run.scheduleArn,
    'attempt-number': String(run.attempt),
  }
  return input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (placeholder, name: string) => values[name] ?? placeholder)
}

/** A time as AWS writes it: whole seconds in UTC. */
export function inSeconds(instant: number): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z')
}

function scheduledEvent({ scheduleArn, executionId, scheduledAt }: Run) {
  const [, , , region = '', account = ''] = scheduleArn.split(':')
  return {
    version: '0',
    id: executionId,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    time: inSeconds(scheduledAt),
    region,
    resources: [scheduleArn],
    detail: '{}',
  }
}
