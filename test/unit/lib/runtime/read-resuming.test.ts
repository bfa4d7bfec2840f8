import { describe, expect, it } from 'vitest'
import { readResuming } from '#lib/runtime/read-resuming.ts'

const content = Buffer.from('0123456789')

/** A file whose connection breaks after so many bytes, one number for each time it is opened; then never again. */
function breakingAfter(...breaks: number[]) {
  const opened: [number, string | undefined][] = []
  const open = async (start: number, etag: string | undefined) => {
    const bytes = breaks[opened.length]
    opened.push([start, etag])
    const body = (async function* () {
      for (const byte of content.subarray(start, bytes === undefined ? undefined : start + bytes))
        yield Buffer.from([byte])
      if (bytes !== undefined) throw new Error('socket hang up')
    })()
    return { body, etag: '"one"' }
  }
  return { open, opened }
}

async function read(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const found: Uint8Array[] = []
  for await (const piece of pieces) found.push(piece)
  return Buffer.concat(found).toString()
}

describe('reading a file whose connection breaks', () => {
  it.each([
    ['never', [], 0, [[0, undefined]]],
    [
      'once',
      [4],
      0,
      [
        [0, undefined],
        [4, '"one"'],
      ],
    ],
    [
      'before the first byte',
      [0],
      0,
      [
        [0, undefined],
        [0, '"one"'],
      ],
    ],
    [
      'after the last byte',
      [10],
      0,
      [
        [0, undefined],
        [10, '"one"'],
      ],
    ],
    [
      'again and again, each time further',
      [1, 1, 1, 1, 1, 1, 1],
      2,
      [2, 3, 4, 5, 6, 7, 8, 9].map((at, i) => [at, i === 0 ? undefined : '"one"']),
    ],
  ] as const)(
    '%s: gives every byte once, going on where it broke and on the same version',
    async (_, breaks, start, expected) => {
      const { open, opened } = breakingAfter(...breaks)
      expect(await read(readResuming(open, start))).toBe('0123456789'.slice(start))
      expect(opened).toEqual(expected)
    },
  )

  it('gives up when it breaks five times without a byte between', async () => {
    const { open, opened } = breakingAfter(3, 0, 0, 0, 0, 0)
    await expect(read(readResuming(open))).rejects.toMatchObject({ code: 'unavailable' })
    expect(opened).toHaveLength(5)
  })

  it('does not take an error of its own reader for a broken connection', async () => {
    const { open, opened } = breakingAfter()
    const failing = async () => {
      for await (const piece of readResuming(open)) throw new Error(`cannot use ${piece}`)
    }
    await expect(failing()).rejects.toThrow('cannot use')
    expect(opened).toHaveLength(1)
  })
})
