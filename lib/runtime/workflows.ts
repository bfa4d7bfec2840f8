import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { unavailable } from '#lib/errors.ts'
import { isOutage } from '#lib/runtime/outage.ts'

let client: SFNClient | undefined

/**
 * Starts a workflow under a name (1 to 80 letters, digits, `-` and `_`). A name runs once: given again, within the 90 days
 * that AWS keeps it, it answers the run there is, whether that still runs or has ended.
 * @param input becomes JSON, 256 KB at most
 * @returns the ARN of the run; `isTaken` when the name was given to one that has ended, or that has another input
 * @throws CrmError `unavailable` when Step Functions does not answer; starting again is safe.
 */
export async function startWorkflow(
  arn: string,
  { name, input }: { name: string; input: unknown },
): Promise<{ arn: string; isTaken: boolean }> {
  client ??= new SFNClient({ maxAttempts: 5, retryMode: 'standard' })
  try {
    const command = new StartExecutionCommand({ stateMachineArn: arn, name, input: JSON.stringify(input) })
    const { executionArn = '' } = await client.send(command)
    return { arn: executionArn, isTaken: false }
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionAlreadyExists')
      return { arn: executionArnOf(arn, name), isTaken: true }
    if (isOutage(error)) throw unavailable('The workflow service does not answer. Starting again is safe.', error)
    throw error
  }
}

function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`
}
