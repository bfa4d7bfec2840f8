import { join } from 'node:path'
import { type Context, needs, type Service } from '../context.ts'
import { queueSourceOf, readMappings, streamSourceOf } from '../event-source-mappings.ts'
import { startQueueSource } from '../queues/queue-source.ts'
import { openCheckpoints } from '../streams/checkpoints.ts'
import { type EventSource, startStreamSource } from '../streams/stream-source.ts'

/** Lambda's event source mappings: what feeds functions from streams and queues. */
export const eventSources: Service = {
  name: 'event sources',
  start: async context => {
    const checkpoints = openCheckpoints(join(context.dataDir, 'event-sources.db'))
    const sources = await Promise.all(
      readMappings(context).map(mapping =>
        mapping.service === 'sqs'
          ? startQueue(queueSourceOf(mapping), context)
          : startStream(streamSourceOf(mapping, needs(context, 'dynamodb').tables), context, checkpoints),
      ),
    )
    context.started.eventSources = sources
    return async () => {
      await Promise.all(sources.map(source => source.stop()))
      checkpoints.close()
    }
  },
}

async function startQueue(source: ReturnType<typeof queueSourceOf>, context: Context): Promise<EventSource> {
  const functions = needs(context, 'functions')
  return startQueueSource(source, { sqs: needs(context, 'sqs'), invoke: functions.invoke, log: context.log })
}

function startStream(
  { destinationArn, table, ...source }: ReturnType<typeof streamSourceOf>,
  context: Context,
  checkpoints: ReturnType<typeof openCheckpoints>,
): Promise<EventSource> {
  return startStreamSource(source, {
    reader: needs(context, 'dynamodb').streamOf(table),
    checkpoints,
    invoke: needs(context, 'functions').invoke,
    log: context.log,
    giveUp: description => {
      context.log(`event source ${source.id}: gave up on a batch: ${JSON.stringify(description)}`)
      if (destinationArn) needs(context, 'sqs').send(destinationArn, [JSON.stringify(description)])
    },
  })
}
