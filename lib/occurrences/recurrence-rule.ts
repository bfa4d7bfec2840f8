import * as library from 'rrule'

/** Node takes the package's CommonJS, which has all under `default`; the bundler takes its ES modules, which have no such. */
const packaged: unknown = Reflect.get(library, 'default')

/** Rules of RFC 5545, counted through a calendar without time zones. */
export const { RRule } = isLibrary(packaged) ? packaged : library

function isLibrary(value: unknown): value is typeof library {
  return typeof value === 'object' && value !== null && 'RRule' in value
}
