import { resolve } from 'node:path'

/** Folder that `npm start` keeps its data in: EVERGREEN_DATA, or `.evergreen` in the current folder. */
export function dataFolder(): string {
  return resolve(process.env['EVERGREEN_DATA'] ?? '.evergreen')
}

/** Port of the HTTP API: PORT, or 8080. Throws for what is no port. */
export function apiPort(): number {
  const text = process.env['PORT'] ?? '8080'
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Error(`PORT=${text} is not a port number (0 to 65535; 0 takes any free one).`)
}
