import { requestToken } from './client.ts'

// npm run -s token -- admin@example.com : prints an access token of the running local stack, and nothing else.

const name = process.argv[2]
try {
  if (name === undefined) throw new Error('Whose token? npm run -s token -- admin@example.com')
  console.log(await requestToken(name))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
