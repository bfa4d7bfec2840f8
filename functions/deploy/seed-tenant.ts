import type { CloudFormationCustomResourceEvent } from 'aws-lambda'
import * as z from 'zod'
import { answerCloudFormation } from '#functions/deploy/answer-cloudformation.ts'
import { openContext } from '#functions/edge/context.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { openBus } from '#lib/runtime/bus.ts'
import { required } from '#lib/runtime/env.ts'
import { createLogger } from '#lib/runtime/logger.ts'
import { announcePeople } from '#lib/seed/announce-people.ts'
import { seedTenant } from '#lib/seed/seed-tenant.ts'

const text = z.string().min(1)
const properties = z.object({
  users: z.array(z.object({ email: text, name: text, role: text, team: text.optional() })).default([]),
  integrations: z.array(z.object({ name: text, clientId: text })).default([]),
})

/** CloudFormation custom resource: gives a tenant its roles, teams and first users at each deployment; deleting keeps them. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  const log = createLogger({ requestId: event.RequestId })
  try {
    if (event.RequestType !== 'Delete') {
      const work = { actor: systemActor, requestId: event.RequestId, source: 'deploy/seed-tenant', log }
      const ctx = openContext(work)
      const counts = await seedTenant(ctx, properties.parse(event.ResourceProperties))
      const told = event.RequestType === 'Create' ? await announcePeople(ctx, openBus(required('BUS_NAME'))) : 0
      log.info('Tenant seeded', { ...counts, told })
    }
    await answerCloudFormation(event, 'SUCCESS')
  } catch (error) {
    log.error('The tenant could not be seeded', { error })
    await answerCloudFormation(event, 'FAILED', error instanceof Error ? error.message : 'unknown')
  }
}
