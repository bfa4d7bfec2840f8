import { readEndpoints } from './endpoints-file.ts'
import { dataFolder } from './settings.ts'

// npm run -s token -- admin@example.com : prints an access token of the running local stack, and nothing else.

/** Asks the running stack for a token; throws, saying what to do, when there is none to ask. */
async function requestToken(name: string): Promise<string> {
  const folder = dataFolder()
  const running = readEndpoints(folder)
  if (!running) throw new Error(`Nothing runs on ${folder}: npm start`)
  const { url, secret } = running.admin
  const response = await fetch(`${url}/token?email=${encodeURIComponent(name)}`, {
    headers: { authorization: `Bearer ${secret}` },
  }).catch(cause => {
    throw new Error(`The stack on ${folder} no longer runs: npm start`, { cause })
  })
  const text = await response.text()
  if (response.ok) return text
  throw new Error(`No token for ${name}: ${text}`)
}

const name = process.argv[2]
try {
  if (name === undefined) throw new Error('Whose token? npm run -s token -- admin@example.com')
  console.log(await requestToken(name))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
