import { join } from 'node:path'
import * as z from 'zod'
import type { Service } from '../context.ts'
import { startSqs } from '../engines/sqs/start-sqs.ts'
import { resourcesOf } from '../template.ts'

const queueProperties = z.record(z.string(), z.unknown())

/** SQS with the template's queues. */
export const sqs: Service = {
  name: 'sqs',
  start: async ({ dataDir, assembly, resolve, authorize, endpoints, addresses, started }) => {
    const engine = await startSqs({ dir: join(dataDir, 'sqs'), region: assembly.region, authorize })
    started.sqs = engine
    addresses.sqs = engine.url
    endpoints['sqs'] = engine.url
    for (const { logicalId, stack, properties } of resourcesOf(assembly, 'AWS::SQS::Queue')) {
      const name = String(resolve({ 'Fn::GetAtt': [logicalId, 'QueueName'] }, stack))
      engine.ensureQueue(name, queueProperties.parse(resolve(properties, stack)))
    }
    return engine.stop
  },
}
