import type { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge.ts'
import type { House } from '#infra/constructs/house.ts'
import { CrmQueue } from '#infra/constructs/queue.ts'

/** Where what could not be delivered or handled waits for a person; named after what it belongs to. */
export class DeadLetters extends CrmQueue {
  constructor(scope: Construct, id: string, { house, of }: { house: House; of: string }) {
    super(scope, id, { house, name: `${of}-dead-letters` })
    acknowledge(this, {
      'AwsSolutions-SQS3': 'It is itself the dead-letter queue of a bus, stream, function or queue.',
    })
  }
}
