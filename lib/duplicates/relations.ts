import type { Relation } from '#lib/duplicates/types.ts'

/** Chances of the levels of a comparison: between records of one thing, and between two things that have nothing in common. */
type Levels = { same: Record<string, number>; chance: Record<string, number> }

/** How likely a relation makes two records alike in a respect (0: by chance only, 1: as one thing), and single chances that differ. */
type Profile = Record<string, number | ({ alike: number } & Record<string, number>)>

/** A relation as judged without data. */
export type DefaultRelation = Omit<Relation, 'shares'> & { profile: Profile }

/** Set by judgement from common dirt: typing slips, homophones, formats, people who changed number or job. */
export const levelChances: Readonly<Record<string, Levels>> = {
  personName: {
    same: { exact: 0.6, order: 0.05, sound: 0.12, near: 0.1, part: 0.04, title: 0.06, family: 0.02, different: 0.01 },
    chance: {
      exact: 5e-4,
      order: 2e-4,
      sound: 1e-3,
      near: 2e-3,
      part: 2e-3,
      title: 4e-3,
      family: 0.04,
      different: 0.95,
    },
  },
  companyName: {
    same: { exact: 0.65, region: 0.01, short: 0.15, near: 0.1, part: 0.06, different: 0.03 },
    chance: { exact: 1e-3, region: 2e-3, short: 3e-3, near: 1e-3, part: 0.02, different: 0.973 },
  },
  employer: {
    same: { exact: 0.75, region: 0.01, short: 0.13, near: 0.06, part: 0.02, different: 0.03 },
    chance: { exact: 2e-3, region: 1e-3, short: 2e-3, near: 1e-3, part: 4e-3, different: 0.99 },
  },
  email: {
    same: { exact: 0.65, name: 0.08, near: 0.1, desk: 0.04, domain: 0.04, different: 0.09 },
    chance: { exact: 3e-4, name: 1e-3, near: 1e-3, desk: 1e-3, domain: 5e-3, different: 0.99 },
  },
  mobile: { same: { exact: 0.8, near: 0.08, different: 0.12 }, chance: { exact: 5e-4, near: 2e-4, different: 0.999 } },
  desk: { same: { exact: 0.85, near: 0.05, different: 0.1 }, chance: { exact: 1e-3, near: 5e-4, different: 0.998 } },
  phone: { same: { exact: 0.85, near: 0.06, different: 0.09 }, chance: { exact: 5e-4, near: 3e-4, different: 0.999 } },
  handle: { same: { exact: 0.95, different: 0.05 }, chance: { exact: 2e-4, different: 0.9998 } },
  street: {
    same: { exact: 0.65, near: 0.2, number: 0.06, street: 0.03, different: 0.06 },
    chance: { exact: 5e-4, near: 1e-3, number: 4e-3, street: 5e-3, different: 0.99 },
  },
  area: {
    same: { exact: 0.8, near: 0.15, province: 0.02, different: 0.03 },
    chance: { exact: 0.01, near: 0.02, province: 0.1, different: 0.87 },
  },
  date: {
    same: { same: 0.84, slip: 0.1, part: 0.03, different: 0.03 },
    chance: { same: 5e-4, slip: 2e-3, part: 0.01, different: 0.9875 },
  },
  code: { same: { exact: 0.93, near: 0.04, different: 0.03 }, chance: { exact: 1e-4, near: 1e-4, different: 0.9998 } },
  role: { same: { same: 0.75, different: 0.25 }, chance: { same: 0.12, different: 0.88 } },
  website: { same: { exact: 0.85, different: 0.15 }, chance: { exact: 5e-3, different: 0.995 } },
}

/** What two persons that share a match key may be to each other. */
export const personRelations: readonly DefaultRelation[] = [
  { name: 'same', isSame: true, share: 0.3, profile: everything(1) },
  {
    name: 'moved',
    isSame: true,
    share: 0.04,
    profile: { ...everything(1), employer: 0.1, desk: 0.05, street: 0.1, area: 0.25, email: 0.8 },
  },
  {
    name: 'namesakes',
    isSame: false,
    share: 0.2,
    profile: { personName: 0.97, email: { alike: 0, name: 0.1, near: 0.02 }, area: 0.03 },
  },
  {
    name: 'colleagues',
    isSame: false,
    share: 0.26,
    profile: {
      employer: 0.97,
      desk: 0.9,
      street: 0.9,
      area: 0.97,
      email: { alike: 0, desk: 0.05, domain: 0.4 },
      mobile: 0.01,
    },
  },
  {
    name: 'namesakeColleagues',
    isSame: false,
    share: 0.003,
    isRare: true,
    profile: {
      personName: 0.97,
      employer: 0.97,
      desk: 0.9,
      street: 0.9,
      area: 0.97,
      email: { alike: 0, exact: 0.02, name: 0.1, near: 0.05, domain: 0.3 },
    },
  },
  {
    name: 'household',
    isSame: false,
    share: 0.09,
    profile: {
      personName: { alike: 0, family: 0.4 },
      mobile: 0.8,
      phone: 0.8,
      street: 0.5,
      area: 0.7,
      email: 0.1,
      employer: 0.3,
    },
  },
  { name: 'strangers', isSame: false, share: 0.1, profile: { date: 0.5, street: 0.1, area: 0.1, mobile: 0.1 } },
]

/** What two companies that share a match key may be to each other. */
export const companyRelations: readonly DefaultRelation[] = [
  { name: 'same', isSame: true, share: 0.4, profile: everything(1) },
  {
    name: 'moved',
    isSame: true,
    share: 0.05,
    profile: { ...everything(1), street: 0.1, area: 0.4, phone: 0.3, email: 0.6 },
  },
  { name: 'namesakes', isSame: false, share: 0.25, profile: { companyName: 0.9, website: 0.05, area: 0.05 } },
  {
    name: 'neighbours',
    isSame: false,
    share: 0.15,
    profile: { street: 0.9, area: 0.97, phone: 0.1 },
  },
  {
    name: 'affiliates',
    isSame: false,
    share: 0.15,
    profile: {
      companyName: { alike: 0.05, region: 0.1, part: 0.25 },
      website: 0.8,
      phone: 0.4,
      email: { alike: 0.2, domain: 0.5 },
      area: 0.3,
    },
  },
]

function everything(alike: number): Record<string, number> {
  return Object.fromEntries(Object.keys(levelChances).map(name => [name, alike]))
}
