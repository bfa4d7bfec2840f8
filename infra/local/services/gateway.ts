import { join } from 'node:path'
import { needs, type Service } from '../context.ts'
import { openAccessLog } from '../gateway/access-log.ts'
import { readApi } from '../gateway/definition.ts'
import { startGateway } from '../gateway/server.ts'

/** API Gateway with the template's HTTP API: last to start, so whoever reaches it finds everything behind it running. */
export const gateway: Service = {
  name: 'gateway',
  start: async context => {
    const functions = needs(context, 'functions')
    const api = readApi(context.assembly, context.resolve, functions.find)
    const accessLog = openAccessLog(join(context.dataDir, 'logs', 'access.log'), api.accessLogFormat, context.logAccess)
    const logs = needs(context, 'logs')
    const onLogged = (line: string) => logs.take(api.accessLogGroup ?? '', line)
    const { url, stop } = await startGateway(api, {
      port: context.port,
      accessLog,
      invoke: functions.invoke,
      onLogged,
    })
    context.addresses.gateway = url
    return async () => {
      await stop()
      accessLog.close()
    }
  },
}
