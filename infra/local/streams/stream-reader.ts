/** One change of a table as its stream tells it. */
export type StreamRecord = {
  /** Where it is in the stream; only a reader of the same kind understands it. */
  position: string
  eventName: string
  keys: unknown
  newImage: unknown
  oldImage: unknown
  sequenceNumber: string
  createdAtS: number
}

/** What a record's filter can be decided on before its images are read. */
export type StreamRecordHead = { eventName: string; keys: unknown }

/** Records after a position that a filter wants, and how far was looked. */
type StreamPage = { records: StreamRecord[]; position: string; isEnd: boolean }

/** Reads one table's stream, oldest first. */
export type StreamReader = {
  read(after: string, isWanted: (head: StreamRecordHead) => boolean): Promise<StreamPage>
  /** Position of the newest record. */
  newest(): Promise<string>
  /** Calls back soon after the table may have changed; answers how to stop. */
  onChange(callback: () => void): () => void
}

/** Position before the oldest record. */
export const beginning = '0'
