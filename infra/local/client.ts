import { runningStack } from './endpoints-file.ts'

/** The API of the running local stack as one of its users sees it. */
export type Client = {
  /** Sends JSON and reads the answer; throws what the API says is wrong. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  /** The answer as text, wherever it is: a redirect is followed without the token. */
  text(path: string): Promise<string>
}

/** Signs in to the stack that runs on the data folder; throws, saying what to do, when none does. */
export async function openClient(email: string): Promise<Client> {
  const running = runningStack()
  const token = await requestToken(email)
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(running.url + path, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (answer.status >= 400) throw new Error(said(await answer.text()))
    return answer
  }
  return {
    call: async (method, path, body) => JSON.parse(await (await send(method, path, body)).text()),
    text: async path => {
      const answer = await send('GET', path)
      const elsewhere = answer.status === 303 ? answer.headers.get('location') : null
      return elsewhere === null ? answer.text() : (await fetch(elsewhere)).text()
    },
  }
}

/** A token of a user, by e-mail address, or of a machine, by name; throws, saying what to do, when there is none to ask. */
export async function requestToken(name: string): Promise<string> {
  const { url, secret } = runningStack().admin
  const address = `${url}/token?email=${encodeURIComponent(name)}`
  const answer = await fetch(address, { headers: { authorization: `Bearer ${secret}` } }).catch(cause => {
    throw new Error('The stack no longer runs: npm start', { cause })
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`No token for ${name}: ${text}`)
  return text
}

/** What a problem document says, line by line. */
function said(text: string): string {
  try {
    const { detail, errors = [] } = JSON.parse(text)
    const lines = errors.map(
      (error: { pointer?: string; detail: string }) => `${error.detail}${error.pointer ? ` (${error.pointer})` : ''}`,
    )
    return (lines.length > 0 ? lines : [detail]).join('\n')
  } catch {
    return text
  }
}
