import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSettings } from '#lib/settings/change-settings.ts'
import { type Cast, contextOf, refusalOf, seedCast, startTables, type Tables, toldBy } from '../../../support/table.ts'

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const change = (patch: unknown) => changeSettings(contextOf(tables, cast.admin), { patch })
const told = (patch: unknown) => toldBy(change(patch))

describe('A change of the settings', () => {
  it.each<[string, unknown, string[]]>([
    ['that is no object', [1], ['validation_failed', ' invalid_type']],
    ['of a section that is not there', { colour: {} }, ['unknown_field', '/colour unknown_field']],
    [
      'that sets back what is not there',
      { cleanup: { tme: null }, colors: null },
      ['unknown_field', '/cleanup/tme unknown_field', '/colors unknown_field'],
    ],
    [
      'with a weight for a rule that is not there',
      { quality: { weights: { shine: null } } },
      ['unknown_field', '/quality/weights/shine unknown_field'],
    ],
    [
      'with several mistakes, all told at once',
      { cleanup: { time: '25:00', weekday: 'FUN' }, retention: { recycleBinDays: 0 } },
      [
        'validation_failed',
        '/cleanup/weekday invalid_value',
        '/cleanup/time invalid_format',
        '/retention/recycleBinDays too_small',
      ],
    ],
    [
      'to a reviewer who is nobody',
      { audit: { reviewerId: 'user_01jq2v7m4hf8r9s0t1v2w3x4y5' } },
      ['validation_failed', '/audit/reviewerId invalid_reference'],
    ],
    [
      'with standards for an object that is not there',
      { standards: { deal: {} } },
      ['unknown_field', '/standards/deal unknown_field'],
    ],
    [
      'with standards for users',
      { standards: { user: { name: { minLength: 2 } } } },
      ['unknown_field', '/standards/user unknown_field'],
    ],
    [
      'with standards for a field that is not there',
      { standards: { customer: { fax: { required: true } } } },
      ['unknown_field', '/standards/customer/fax unknown_field'],
    ],
    [
      'with a pattern that is no pattern',
      { standards: { customer: { name: { pattern: { regex: '(a', message: 'm' } } } } },
      ['validation_failed', '/standards/customer/name/pattern/regex invalid_format'],
    ],
    [
      'with a pattern that could hang a server',
      { standards: { customer: { name: { pattern: { regex: '(a)\\1', message: 'm' } } } } },
      ['validation_failed', '/standards/customer/name/pattern/regex invalid_format'],
    ],
    [
      'with a pattern for a date',
      { standards: { contact: { birthday: { pattern: { regex: 'a', message: 'm' } } } } },
      ['validation_failed', '/standards/contact/birthday/pattern invalid_value'],
    ],
    [
      'that allows an option that is not there',
      { standards: { customer: { tier: { allowed: ['A', 'S'] } } } },
      ['validation_failed', '/standards/customer/tier/allowed/1 invalid_value'],
    ],
    [
      'that allows what is stored otherwise',
      { standards: { contact: { title: { allowed: [' 经理'] } } } },
      ['validation_failed', '/standards/contact/title/allowed/0 invalid_value'],
    ],
    [
      'that forbids the default of a new record',
      { standards: { customer: { kind: { allowed: ['person'] } } } },
      ['validation_failed', '/standards/customer/kind/allowed invalid_value'],
    ],
    [
      'that allows what its own pattern forbids',
      { standards: { contact: { title: { allowed: ['CEO'], pattern: { regex: '\\d+', message: 'm' } } } } },
      ['validation_failed', '/standards/contact/title/allowed/0 invalid_value'],
    ],
    [
      'that asks for more than fits',
      { standards: { customer: { name: { minLength: 201 } } } },
      ['validation_failed', '/standards/customer/name/minLength too_big'],
    ],
    [
      'that asks for more e-mails than there can be',
      { standards: { customer: { emails: { minLength: 21 } } } },
      ['validation_failed', '/standards/customer/emails/minLength too_big'],
    ],
  ])('%s is refused, naming the place', async (_, patch, expected) => expect(await told(patch)).toEqual(expected))

  it('says in its refusal what would be right', async () => {
    const { message } = await refusalOf(
      change({ standards: { customer: { tier: { allowed: ['S'] }, fax: { required: true } } } }),
    )
    expect(message).toContain('"S" of tier cannot be entered')
    expect(message).toContain('customer has no field fax; its fields are name, kind, industry')
  })
})
