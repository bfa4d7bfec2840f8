import { describe, expect, it } from 'vitest'
import { addCapacity, createMeter } from '#lib/store/meter.ts'

describe('addCapacity', () => {
  it.each<['read' | 'write', unknown, { readUnits: number; writeUnits: number }]>([
    ['read', { ConsumedCapacity: { CapacityUnits: 2 } }, { readUnits: 2, writeUnits: 0 }],
    ['write', { ConsumedCapacity: { CapacityUnits: 2 } }, { readUnits: 0, writeUnits: 2 }],
    [
      'write',
      { ConsumedCapacity: [{ CapacityUnits: 5, WriteCapacityUnits: 4, ReadCapacityUnits: 1 }] },
      { readUnits: 1, writeUnits: 4 },
    ],
    ['read', { ConsumedCapacity: [{ CapacityUnits: 1 }, { CapacityUnits: 2 }] }, { readUnits: 3, writeUnits: 0 }],
    ['read', {}, { readUnits: 0, writeUnits: 0 }],
  ])('a %s of %j', (kind, answer, units) => {
    const meter = createMeter()
    addCapacity(meter, kind, answer, 3)
    expect(meter).toEqual({ ...units, calls: 1, ms: 3 })
  })
})
