import { AwsError } from '../aws-error.ts'

/** Largest batch of one request. */
const maxEntries = 10

/** Runs an action for each entry of a batch: one failed entry does not stop the others. */
export function runBatch<Entry extends { Id: string }>(entries: Entry[], run: (entry: Entry) => object) {
  assertBatch(entries)
  const results = entries.map(entry => {
    try {
      return { entry: { Id: entry.Id, ...run(entry) } }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return { failure: { Id: entry.Id, Code: error.code, Message: error.message, SenderFault: error.status < 500 } }
    }
  })
  return {
    Successful: results.flatMap(({ entry }) => entry ?? []),
    Failed: results.flatMap(({ failure }) => failure ?? []),
  }
}

function assertBatch(entries: { Id: string }[]): void {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'The batch request has no entries.')
  if (entries.length > maxEntries) throw new AwsError('TooManyEntriesInBatchRequest', 'A batch has at most 10 entries.')
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.')
  }
  const invalid = entries.find(({ Id }) => !/^[\w-]{1,80}$/.test(Id))
  if (invalid !== undefined) {
    throw new AwsError('InvalidBatchEntryId', `Id "${invalid.Id}" is not 1 to 80 of A-Z a-z 0-9 - _`)
  }
}
