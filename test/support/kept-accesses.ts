import type { AccessLine } from '#lib/access-log/access-line.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

/** A line that keeps in memory what it is given; either way may be down. */
export function keptAccesses(down: { bus?: boolean; queue?: boolean } = {}) {
  const published: AccessRecord[] = []
  const spooled: AccessRecord[] = []
  const line: AccessLine = {
    home: { tenant: 'test', region: 'eu-west-1' },
    publish: async record => {
      if (down.bus) throw new Error('the bus is down')
      published.push(record)
    },
    spool: async record => {
      if (down.queue) throw new Error('the queue is down')
      spooled.push(record)
    },
  }
  return { published, spooled, open: () => line }
}
