/** One page of a list: what follows the one whose ARN the last page ended with. */
export function page<Item extends { arn: string }>(
  all: readonly Item[],
  { size, after }: { size: number; after: string | undefined },
): { found: Item[]; NextToken: string | undefined } {
  const start = after === undefined ? 0 : all.findIndex(({ arn }) => arn === after) + 1
  const found = all.slice(start, start + size)
  return { found, NextToken: start + size < all.length ? found.at(-1)?.arn : undefined }
}
