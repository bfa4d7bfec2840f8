import type { Alteration } from '../support/altered-root.ts'

/** Mistakes in the code of the access log, by name. */
const mistakes: Record<string, Alteration> = {
  /** Refused calls are not told. */
  forgetsDenials: {
    file: 'functions/edge/logged.ts',
    find: '    await line.publish(record)\n    return',
    replace: '    if (answer.status < 400) await line.publish(record)\n    return',
  },
  /** The answer goes out before the bus has its record: a kill in between loses it. */
  doesNotWait: {
    file: 'functions/edge/logged.ts',
    find: '    await line.publish(record)\n    return',
    replace: '    setTimeout(() => void line.publish(record).catch(() => undefined), 400)\n    return',
  },
  /** What the gateway refuses is not told. */
  deafToGateway: {
    file: 'functions/stream/log-refusals.ts',
    find: "if (messageType !== 'DATA_MESSAGE') return",
    replace: 'if (messageType !== undefined) return',
  },
}

/** A planted mistake by its name. */
export function plantedMistakes(name: string): Alteration {
  const mistake = mistakes[name]
  if (!mistake) throw new Error(`There is no planted mistake "${name}"; there are ${Object.keys(mistakes).join(', ')}.`)
  return mistake
}
