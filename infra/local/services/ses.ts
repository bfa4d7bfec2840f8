import { join } from 'node:path'
import type { Context, Service } from '../context.ts'
import { startSes } from '../engines/ses/start-ses.ts'
import { resourcesOf } from '../template.ts'

/** SES with the template's sender; mail stays on this machine, in `outbox`. */
export const ses: Service = {
  name: 'ses',
  start: async context => {
    const { dataDir, assembly, authorize } = context
    const engine = await startSes({
      dir: join(dataDir, 'outbox'),
      region: assembly.region,
      authorize,
      setup: {
        identities: namesOf(context, 'AWS::SES::EmailIdentity'),
        configurationSets: namesOf(context, 'AWS::SES::ConfigurationSet'),
      },
    })
    context.started.ses = engine
    context.endpoints['sesv2'] = engine.url
    return engine.stop
  },
}

function namesOf({ assembly, resolve }: Context, type: string): string[] {
  return resourcesOf(assembly, type).map(({ logicalId, stack }) => String(resolve({ Ref: logicalId }, stack)))
}
