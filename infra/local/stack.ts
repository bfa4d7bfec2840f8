import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from './context.ts'
import { needs } from './context.ts'
import { drain } from './drain.ts'
import { removeEndpoints, writeEndpoints } from './endpoints-file.ts'
import type { Authorize } from './engines/engine.ts'
import { createAuthorizer } from './engines/iam.ts'
import type { SentMail } from './engines/ses/outbox.ts'
import { readFunctions } from './lambda/definition.ts'
import { type FolderLock, lockFolder } from './lock.ts'
import { createNaming } from './names.ts'
import { readPrincipals } from './principals.ts'
import type { Resolve } from './resolve.ts'
import { services } from './services.ts'
import { type Assembly, readAssembly } from './template.ts'

/** What a stack is started from. */
export type StackOptions = {
  /** Cloud assembly folder (`cdk.out`). */
  assembly: string
  tenant: string
  /** Keeps all state between runs. */
  dataDir: string
  /** Port of the HTTP API; 0 takes any free one. */
  port: number
  log?: (line: string) => void
  /** Gets every access log line. */
  logAccess?: (line: string) => void
  /** The lock on `dataDir`, when the caller holds it already; released by `stop`. */
  lock?: FolderLock
}

/** A tenant's whole stack, running on this machine. */
export type LocalStack = {
  /** Base URL of the HTTP API. */
  url: string
  /** Folder that keeps all state. */
  dataDir: string
  /** Base URL of each emulated AWS service, by the name in `AWS_ENDPOINT_URL_<NAME>`, in lower case. */
  endpoints: Record<string, string>
  /** Local table names by what the template calls them: `Records`, `Search`. */
  tableNames: Record<string, string>
  /** An access token for a user (e-mail or user id) or an integration (name of its client). */
  tokenFor(name: string, options?: { expiresInS?: number }): Promise<string>
  /** Sets the clock of EventBridge Scheduler apart from the machine's; what is due by it runs at once. */
  moveClock(offsetMs: number): Promise<void>
  /** Moves the clock of one-time schedules ahead: those of the coming milliseconds run now. */
  runAhead(ms: number): Promise<void>
  /** The mail that has been sent so far, oldest first. */
  outbox(): SentMail[]
  /** Resolves when stream, bus and queues are empty and all reactions have run; `isWhole`: the access log is written too. */
  drain(options?: { isWhole?: boolean }): Promise<void>
  /** Invokes a function by logical id, name, ARN or entry file; rejects when it fails. */
  invoke(wanted: string, event: unknown): Promise<unknown>
  stop(): Promise<void>
}

type Ending = () => Promise<void>

/** Starts everything that a synthesized tenant declares; resolves once it is seeded and its users can sign in. */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const { dataDir, lock = lockFolder(dataDir) } = options
  mkdirSync(join(dataDir, 'logs'), { recursive: true })
  const endings: Ending[] = [async () => lock.release()]
  const stop = async () => {
    for (const end of endings.splice(0)) await end()
  }
  try {
    const context = createContext(options)
    for (const { start } of services) endings.unshift(await start(context))
    endings.unshift(publishEndpoints(context))
    return toStack(context, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

function createContext({ assembly: directory, tenant, dataDir, port, log, logAccess }: StackOptions): Context {
  const assembly = readAssembly(directory, tenant)
  const addresses = { keyIds: new Map() }
  const resolve = createNaming(assembly, addresses)
  return {
    assembly,
    resolve,
    addresses,
    dataDir,
    port,
    log: log ?? (() => {}),
    logAccess,
    authorize: authorizeBy(assembly, resolve),
    endpoints: {},
    started: {},
  }
}

/** Reads the policies at the first question: they name keys, whose ids only KMS knows. */
function authorizeBy(assembly: Assembly, resolve: Resolve): Authorize {
  let authorize: Authorize | undefined
  return (principal, action, resource) => {
    authorize ??= createAuthorizer(readPrincipals(assembly, resolve))
    return authorize(principal, action, resource)
  }
}

function publishEndpoints(context: Context): Ending {
  const { url, secret } = needs(context, 'admin')
  writeEndpoints(context.dataDir, {
    pid: process.pid,
    url: gatewayUrl(context),
    admin: { url, secret },
    endpoints: context.endpoints,
    tables: Object.values(tableNames(context)),
    accessLog: accessLogOf(context),
  })
  return async () => removeEndpoints(context.dataDir)
}

/** Nothing where the template has no access log. */
function accessLogOf({ assembly, resolve }: Context): Record<string, string> | undefined {
  const writer = readFunctions(assembly, resolve).find(({ name }) => name.endsWith('-write-digest'))
  return writer && { ...writer.environment, AWS_REGION: writer.region }
}

function toStack(context: Context, stop: Ending): LocalStack {
  return {
    url: gatewayUrl(context),
    dataDir: context.dataDir,
    endpoints: context.endpoints,
    tableNames: tableNames(context),
    tokenFor: (name, options) => needs(context, 'cognito').tokenFor(name, options),
    moveClock: offsetMs => needs(context, 'scheduler').moveClock(offsetMs),
    runAhead: ms => needs(context, 'scheduler').runAhead(ms),
    outbox: () => needs(context, 'ses').outbox(),
    drain: options => drain(context, options),
    invoke: async (wanted, event) => {
      const functions = needs(context, 'functions')
      const outcome = await functions.invoke(functions.find(wanted), event)
      if (outcome.ok) return outcome.result
      throw new Error(`${wanted} failed: ${outcome.errorType}: ${outcome.errorMessage}`)
    },
    stop,
  }
}

function gatewayUrl({ addresses }: Context): string {
  return addresses.gateway ?? ''
}

/** By logical id without the eight digits that the CDK puts behind it. */
function tableNames(context: Context): Record<string, string> {
  const { tables } = needs(context, 'dynamodb')
  return Object.fromEntries(tables.map(({ logicalId, name }) => [logicalId.replace(/[0-9A-F]{8}$/, ''), name]))
}
