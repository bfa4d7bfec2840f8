/** A running engine: where its HTTP endpoint listens and how to end it. */
export type Engine = { url: string; stop(): Promise<void> }

/** Says whether a principal (an access key id, locally the function's logical id) may do an action on a resource ARN. */
export type Authorize = (principal: string, action: string, resource: string) => boolean

/** What every engine is started with. */
export type EngineOptions = {
  /** Folder that keeps the engine's state; made when missing. */
  dir: string
  /** 0 (the default) takes any free port. */
  port?: number | undefined
  region?: string | undefined
  accountId?: string | undefined
  /** Secret access key that every signature must be made with. */
  secret?: string | undefined
  authorize?: Authorize | undefined
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined
}

/** Engine options with nothing left open. */
export type EngineSettings = {
  dir: string
  port: number
  region: string
  accountId: string
  secret: string
  authorize: Authorize
  now: () => number
}

/** Fills in what an engine was not told: any port, us-east-1, account 000000000000, secret `local`, everything allowed. */
export function engineSettings(options: EngineOptions): EngineSettings {
  return {
    dir: options.dir,
    port: options.port ?? 0,
    region: options.region ?? 'us-east-1',
    accountId: options.accountId ?? '000000000000',
    secret: options.secret ?? 'local',
    authorize: options.authorize ?? (() => true),
    now: options.now ?? Date.now,
  }
}
