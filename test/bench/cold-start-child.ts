import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

// One cold start in a fresh process: node cold-start-child.ts <bundle folder> <event file>; prints its times.

const [directory = '', eventFile = ''] = process.argv.slice(2)
const event: unknown = JSON.parse(readFileSync(eventFile, 'utf8'))
const context = { awsRequestId: 'cold-start', functionName: 'bench', getRemainingTimeInMillis: () => 29_000 }

const started = performance.now()
const { handler } = await import(pathToFileURL(`${directory}/index.mjs`).href)
const imported = performance.now()
const { statusCode, body } = await handler(event, context)
const answered = performance.now()
if (statusCode !== 200) throw new Error(`The first call answered ${statusCode}: ${body}`)
console.log(JSON.stringify({ importMs: imported - started, firstCallMs: answered - imported }))
process.exit(0)
