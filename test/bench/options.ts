import { parseArgs } from 'node:util'

/** What the bench is asked to do. */
export type Options = {
  /** Numbers of customers at which everything is measured. */
  sizes: number[]
  /** Same seed, same data. */
  seed: number
  /** Part of the name of the operations to measure; empty for all. */
  only: string
  /** File for the results as JSON. */
  out: string | undefined
}

const usage = `npm run bench -- [--customers 100000] [--quick] [--seed 1] [--only list] [--out results.json]
  --customers  customers to load through the API; measured at 10,000 (when more are asked for) and at this number
  --quick      5,000 customers
  --only       measures operations with this in their name, and neither start nor cold start
  --out        writes the results there as JSON too`

/** The first size measured, for telling whether answers slow down as the table grows. */
const firstSize = 10_000

/** Reads the command line; throws with the usage for what it does not know. */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      customers: { type: 'string', default: '100000' },
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      out: { type: 'string' },
    },
  })
  const customers = values.quick ? 5000 : Number(values.customers)
  const seed = Number(values.seed)
  if (!Number.isInteger(customers) || customers < 1000 || !Number.isInteger(seed))
    throw new Error(`--customers must be a whole number of 1000 or more, --seed a whole number.\n${usage}`)
  return {
    sizes: customers > firstSize ? [firstSize, customers] : [customers],
    seed,
    only: values.only,
    out: values.out,
  }
}
