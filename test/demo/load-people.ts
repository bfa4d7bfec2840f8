import { type Api, check } from './http.ts'
import { type Loaded, load, type Rejected } from './load.ts'
import { companyOf, type Input, type Person, readPeople, toActivity, toContact, toCustomers } from './people.ts'
import { heading, say } from './screen.ts'
import type { Cast, Stage } from './stage.ts'

/** How many rows of a kind went in, and what became of them. */
export type Count = { object: string; rows: number; created: number; rejected: number; ms: number }

/** What the load has left for the scenes. */
export type LoadedPeople = { counts: Count[]; featured: Pick<Stage, 'customer' | 'contact'> }

/** 10 rejected rows are printed for each object; the others are counted. */
const shownRejects = 10

/** Loads the file: companies as customers, people as contacts of them, and how they were first met as activities. */
export async function loadPeople(api: Api, cast: Cast): Promise<LoadedPeople> {
  const people = readPeople()
  heading(`Load 导入: ${people.length} people as sales staff typed them (test/data/contacts.zh.csv), in batches of 100`)
  const featured = busiestCompany(people)
  const ownerOf = createOwners(cast, featured)
  const counts: Count[] = []
  const put = async (object: string, inputs: readonly Input[]) => {
    const loaded = await load(api, cast.admin, object, inputs)
    counts.push(report(object, inputs, loaded))
    return loaded.ids
  }

  const customers = toCustomers(people, ownerOf)
  const customerIds = await put('customers', customers)
  const idOf = new Map(customers.map(({ label }, i) => [label, customerIds[i]]))
  const contactIds = await put(
    'contacts',
    people.map(person => toContact(person, idOf.get(companyOf(person)), ownerOf(companyOf(person)))),
  )
  const met = people.flatMap((person, i) => {
    const contactId = contactIds[i]
    return contactId === undefined ? [] : [{ person, contactId }]
  })
  const owners = met.map(({ person }) => ownerOf(companyOf(person)))
  const activities = met.map(({ person, contactId }) =>
    toActivity(person, { contactId, customerId: idOf.get(companyOf(person)) }),
  )
  await put(
    'activities',
    activities.map((input, i) => ({ ...input, record: { ...input.record, assigneeId: owners[i] } })),
  )
  const star = met.find(({ person }) => companyOf(person) === featured && /^1\d{10}$/.test(person.mobile))
  const customerId = idOf.get(featured)
  if (!star || customerId === undefined) throw new Error(`${featured} was not loaded`)
  const { name, mobile, rec_id } = star.person
  return {
    counts,
    featured: {
      customer: { id: customerId, name: featured },
      contact: { id: star.contactId, name, mobile, legacyId: rec_id },
    },
  }
}

/** The two reps share the customers; every third one waits with the admin for an owner. The featured one is rep's. */
function createOwners(cast: Cast, featured: string): (company: string) => string {
  const share = new Map<string, string>()
  return company => {
    if (company === featured) return cast.rep.userId
    if (company === '') return cast.admin.userId
    const known = share.get(company)
    if (known !== undefined) return known
    const owner = [cast.rep, cast.rep2, cast.admin][share.size % 3]?.userId ?? cast.admin.userId
    share.set(company, owner)
    return owner
  }
}

function busiestCompany(people: readonly Person[]): string {
  const sizes = new Map<string, number>()
  for (const person of people)
    if (companyOf(person)) sizes.set(companyOf(person), (sizes.get(companyOf(person)) ?? 0) + 1)
  const [busiest] = [...sizes].toSorted((a, b) => b[1] - a[1])
  return busiest?.[0] ?? ''
}

function report(object: string, inputs: readonly Input[], { ids, rejected, ms }: Loaded): Count {
  const created = ids.filter(id => id !== undefined).length
  check(inputs.length === created + rejected.length, `every row of ${object} is created or rejected`)
  say(`${object}: ${inputs.length} in = ${created} created + ${rejected.length} rejected, ${(ms / 1000).toFixed(1)} s`)
  rejected.slice(0, shownRejects).forEach(sayRejected)
  if (rejected.length > shownRejects) say(`  and ${rejected.length - shownRejects} more`)
  return { object, rows: inputs.length, created, rejected: rejected.length, ms }
}

function sayRejected({ line, label, reason }: Rejected): void {
  say(`  line ${line} ${label}: ${reason}`)
}
