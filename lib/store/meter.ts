/** What a request used of the table, for Server-Timing and cost reports. */
export type Meter = { readUnits: number; writeUnits: number; calls: number; ms: number }

type Capacity = { CapacityUnits?: number; ReadCapacityUnits?: number; WriteCapacityUnits?: number }

/** A meter at zero. */
export function createMeter(): Meter {
  return { readUnits: 0, writeUnits: 0, calls: 0, ms: 0 }
}

/** Adds one answer's consumed capacity to a meter; `kind` tells what units without a direction are. */
export function addCapacity(meter: Meter, kind: 'read' | 'write', answer: unknown, ms: number): void {
  meter.calls += 1
  meter.ms += ms
  for (const capacity of capacities(answer)) {
    const read = capacity.ReadCapacityUnits ?? 0
    const write = capacity.WriteCapacityUnits ?? 0
    const undirected = read + write > 0 ? 0 : (capacity.CapacityUnits ?? 0)
    meter.readUnits += read + (kind === 'read' ? undirected : 0)
    meter.writeUnits += write + (kind === 'write' ? undirected : 0)
  }
}

function capacities(answer: unknown): Capacity[] {
  const consumed = (answer as { ConsumedCapacity?: Capacity | Capacity[] }).ConsumedCapacity
  if (!consumed) return []
  return Array.isArray(consumed) ? consumed : [consumed]
}
