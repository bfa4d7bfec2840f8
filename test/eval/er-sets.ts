import { join } from 'node:path'
import { companySuffixes } from './company-suffix.ts'
import type { EvalSet } from './eval-set.ts'
import { febrl } from './febrl.ts'
import { fodorsZagats } from './fodors-zagats.ts'
import { type MatchBars, type MatchSet, resultOf, scoreMatches } from './matching.ts'
import { splink } from './splink.ts'
import { zhBars, zhCustomers } from './zh-customers.ts'

type Loaded = { name: string; files: string[]; bars: MatchBars; load(files: string[]): Promise<MatchSet> }

const personBars: MatchBars = { f1: 0.98, mergePrecision: 0.998 }

const loaded: Loaded[] = [
  {
    name: 'zh-customers',
    files: ['er/zh-customers/dev.csv', 'er/zh-customers/dev.truth.csv'],
    bars: zhBars,
    load: ([file = '', truth = '']) => zhCustomers(file, truth),
  },
  ...[1, 2, 3].map(
    (n): Loaded => ({
      name: `febrl ${n}`,
      files: [`er/febrl/dataset${n}.csv`],
      bars: personBars,
      load: ([file = '']) => febrl(file),
    }),
  ),
  {
    name: 'fodors-zagats',
    files: ['fodors', 'zagats', 'matches_fodors_zagats'].map(file => `er/fodors-zagats/${file}.csv`),
    bars: { f1: 0.97 },
    load: ([fodors = '', zagats = '', links = '']) => fodorsZagats(fodors, zagats, links),
  },
  { name: 'splink', files: ['er/splink/fake_1000.csv'], bars: { f1: 0.85 }, load: ([file = '']) => splink(file) },
]

/** Sets that judge the finding of duplicates. */
export const erSets: EvalSet[] = [
  ...loaded.map(
    ({ name, files, bars, load }): EvalSet => ({
      name,
      group: 'er',
      files,
      run: async data => resultOf(scoreMatches(await load(files.map(file => join(data, file)))), bars),
    }),
  ),
  {
    name: 'company-suffix',
    group: 'er',
    files: ['er/company-suffix/companies.csv', 'er/company-suffix/org_types.yml'],
    run: async data => companySuffixes(join(data, 'er/company-suffix')),
  },
]
