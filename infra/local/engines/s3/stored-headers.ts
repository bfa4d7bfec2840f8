const kept = new Set([
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-language',
  'cache-control',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
])

/** Headers of a PUT that belong to the object and come back with every GET. */
export function storedHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => kept.has(name) || name.startsWith('x-amz-meta-'))
      .map(([name, value]) => [name, name === 'content-encoding' ? withoutAwsChunked(value) : value] as const)
      .filter(([, value]) => value !== ''),
  )
}

/** aws-chunked describes the transfer, not the object. */
function withoutAwsChunked(encoding: string): string {
  return encoding
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== 'aws-chunked')
    .join(',')
}
