import { decodeLines } from '#lib/transfer/csv/decode-bytes.ts'
import type { Encoding } from '#lib/transfer/csv/encodings.ts'
import { wholeCharacters } from '#lib/transfer/csv/whole-characters.ts'

/** 64 KB: smaller chunks are gathered, larger ones cut, so that neither costs time nor memory. */
const defaultPieceBytes = 65_536
/** 1 KB: CP/M filled a file's last block of 128 bytes with Ctrl-Z. */
const maxMarks = 1024

/**
 * Text of a file, piece by piece: without its byte order mark and the Ctrl-Z that DOS programs end a file with; bytes that the encoding does not know
 * become `undecodable`.
 */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  pieceBytes = defaultPieceBytes,
): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array()
  let ending = ''
  let isFirst = true
  for await (const piece of piecesOf(chunks, pieceBytes)) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const cut = wholeCharacters(bytes, encoding)
    rest = bytes.slice(cut)
    const text = ending + decodeLines(bytes.subarray(0, cut), encoding)
    if (text === '') continue
    // A Ctrl-Z at the end waits: only those at the very end of a file are no data.
    ending = endingMarks(text)
    yield withoutMark(text.slice(0, text.length - ending.length), isFirst)
    isFirst = false
  }
  if (rest.length > 0) yield withoutMark(ending + decodeLines(rest, encoding), isFirst)
}

async function* piecesOf(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks)
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + size - length)
      parts.push(part)
      length += part.length
      from += part.length
      if (length < size) continue
      yield Buffer.concat(parts)
      parts = []
      length = 0
    }
  if (length > 0) yield Buffer.concat(parts)
}

function endingMarks(text: string): string {
  let start = text.length
  while (start > 0 && text.length - start < maxMarks && text[start - 1] === '\u001a') start--
  return text.slice(start)
}

function withoutMark(text: string, isFirst: boolean): string {
  return isFirst && text.startsWith('\ufeff') ? text.slice(1) : text
}
