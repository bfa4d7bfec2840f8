import { describe, expect, it } from 'vitest'
import { defineObject, type ObjectDefinition } from '#schemas/definition.ts'
import { standardObjects } from '#schemas/registry.ts'
import { serverFields } from '#schemas/server-fields.ts'

const label = { en: 'x', zh: 'x' }
const options = [{ value: 'a', label }]
const good = {
  name: 'ticket',
  plural: 'tickets',
  prefix: 'tick',
  label,
  pluralLabel: label,
  titleField: 'subject',
  fields: { subject: { type: 'text', label } },
}
const withField = (field: object, name = 'bad') => ({ ...good, fields: { ...good.fields, [name]: field } })

/** What is said about a definition; empty when it is taken. */
function saidOf(definition: object): string {
  try {
    defineObject(definition as ObjectDefinition)
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('defineObject', () => {
  it.each<[string, object, string]>([
    ['an unknown type', withField({ type: 'colour', label }), 'ticket.bad.type'],
    ['no label', withField({ type: 'text' }), 'ticket.bad.label'],
    ['no Chinese label', withField({ type: 'text', label: { en: 'x' } }), 'ticket.bad.label.zh'],
    ['an unknown facet', withField({ type: 'text', label, serchable: true }), 'ticket.bad'],
    ['a facet of another type', withField({ type: 'boolean', label, maxLength: 5 }), 'ticket.bad'],
    ['a length of zero', withField({ type: 'text', label, maxLength: 0 }), 'ticket.bad.maxLength'],
    ['a select without options', withField({ type: 'select', label, options: [] }), 'ticket.bad.options'],
    [
      'an option twice',
      withField({ type: 'select', label, options: [...options, ...options] }),
      'ticket.bad: an option',
    ],
    [
      'an option with a space',
      withField({ type: 'select', label, options: [{ value: 'a b', label }] }),
      'ticket.bad.options.0.value',
    ],
    ['a default that is no option', withField({ type: 'select', label, options, default: 'b' }), 'ticket.bad: default'],
    ['a unique boolean', withField({ type: 'boolean', label, unique: true }), 'ticket.bad: a boolean field'],
    [
      'a unique list without a key',
      withField({ type: 'list', label, unique: true, maxItems: 5, fields: {} }),
      'ticket.bad: a unique list',
    ],
    [
      'an entry key that is no part',
      withField({ type: 'list', label, entryKey: ['id'], maxItems: 5, fields: {} }),
      'ticket.bad: entryKey',
    ],
    [
      'an entry key that may be empty',
      withField({ type: 'list', label, entryKey: ['id'], maxItems: 5, fields: { id: { type: 'text', label } } }),
      'ticket.bad: entryKey',
    ],
    [
      'a list in a list',
      withField({ type: 'list', label, maxItems: 5, fields: { a: { type: 'tags', label } } }),
      'ticket.bad.fields.a',
    ],
    [
      'a bad part of a list',
      withField({ type: 'list', label, maxItems: 5, fields: { a: { type: 'text' } } }),
      'ticket.bad.fields.a.label',
    ],
    [
      'a bad pattern in a part of a list',
      withField({
        type: 'list',
        label,
        maxItems: 5,
        fields: { a: { type: 'text', label, pattern: { regex: '(', message: 'x' } } },
      }),
      'ticket.bad.a: pattern',
    ],
    ['a list without a bound', withField({ type: 'list', label, fields: {} }), 'ticket.bad.maxItems'],
    ['a reference to nothing', withField({ type: 'reference', label }), 'ticket.bad.to'],
    [
      'restrictDelete without lookup',
      withField({ type: 'reference', label, to: 'user', restrictDelete: true }),
      'ticket.bad: restrictDelete',
    ],
    [
      'a pattern that is none',
      withField({ type: 'text', label, pattern: { regex: '(', message: 'x' } }),
      'ticket.bad: pattern',
    ],
    ['a least above the most', withField({ type: 'number', label, min: 5, max: 1 }), 'ticket.bad: min'],
    ['a match key that is none', withField({ type: 'text', label, matchOn: ['shoe'] }), 'ticket.bad.matchOn.0'],
    ['a name with a capital', withField({ type: 'text', label }, 'Bad'), 'ticket.Bad'],
    ['a name with a hyphen', withField({ type: 'text', label }, 'bad-name'), 'ticket.bad-name'],
    ['a title field that is none', { ...good, titleField: 'name' }, 'ticket.name: titleField'],
    ['a title field of the prototype', { ...good, titleField: 'constructor' }, 'ticket.constructor: titleField'],
    [
      'a complete record judged by a field that is none',
      { ...good, quality: { complete: [{ anyOf: ['subject', 'colour'], share: 1 }] } },
      'ticket.colour: quality',
    ],
    [
      'a condition on a field that is none',
      { ...good, quality: { complete: [{ anyOf: ['subject'], when: { field: 'kind', is: 'x' }, share: 1 }] } },
      'ticket.kind: quality',
    ],
    ['a time field of another type', { ...good, timeField: 'subject' }, 'ticket.subject: timeField'],
    ['an owner field of another type', { ...good, ownerField: 'subject' }, 'ticket.subject: ownerField'],
    ['a team field of another type', { ...good, teamField: 'subject' }, 'ticket.subject: teamField'],
    ['a prefix with digits', { ...good, prefix: 't1' }, 'ticket.prefix'],
    ['a plural with a slash', { ...good, plural: 'a/b' }, 'ticket.plural'],
    ['an unknown member', { ...good, colour: 'red' }, 'ticket'],
    ['no fields', { ...good, fields: undefined }, 'ticket.fields'],
    [
      'two parents',
      {
        ...good,
        fields: {
          ...good.fields,
          a: { type: 'reference', label, to: 'user', parent: true },
          b: { type: 'reference', label, to: 'team', parent: true },
        },
      },
      'ticket: more than one',
    ],
  ])('%s is refused with its place', (_what, definition, place) => {
    expect(saidOf(definition)).toContain(place)
  })

  it.each(serverFields)('a field cannot take the name %s', name => {
    expect(saidOf(withField({ type: 'text', label }, name))).toContain(`ticket.${name}: the name belongs to the server`)
  })

  it('everything wrong is said at once', () => {
    const said = saidOf({
      ...withField({ type: 'boolean', label, unique: true }),
      titleField: 'none',
      ownerField: 'subject',
    })
    expect(['ticket.bad:', 'ticket.none:', 'ticket.subject:'].filter(place => said.includes(place))).toHaveLength(3)
  })

  it('a good one is taken as it is', () => {
    expect(saidOf(good)).toBe('')
  })
})

describe('the standard objects', () => {
  it.each(standardObjects.all.map(object => [object.name, object] as const))(
    '%s is a good definition',
    (_name, object) => {
      expect(saidOf(object)).toBe('')
    },
  )

  it('every label is there in English and in Chinese characters', () => {
    const labels = standardObjects.all.flatMap(object => [
      [object.name, object.label] as const,
      ...Object.entries(object.fields).map(([name, field]) => [`${object.name}.${name}`, field.label] as const),
    ])
    const names = new Set(['QQ', 'X', 'LINE'])
    expect(labels.filter(([, { en, zh }]) => en === '' || !(/\p{Script=Han}/u.test(zh) || names.has(zh)))).toEqual([])
  })
})
