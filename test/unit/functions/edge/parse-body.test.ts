import { describe, expect, it } from 'vitest'
import { parseBody } from '#functions/edge/parse-body.ts'
import { httpEvent } from '../../../support/http-event.ts'

const json = 'application/json'
const parse = (body: string, type?: string, more = {}) =>
  parseBody(httpEvent({ method: 'POST', body, headers: type ? { 'content-type': type } : {}, ...more }), 1_000)

describe('parseBody', () => {
  it.each([
    json,
    'application/json;charset=utf-8',
    'Application/JSON; Charset="UTF-8"',
    'application/json; charset=utf8',
    'application/json;',
  ])('takes %s', type => expect(parse('{"a":1}', type)).toEqual({ a: 1 }))

  it.each([
    undefined,
    'text/plain',
    'application/xml',
    'application/json; charset=utf-16',
    'application/json; profile=x',
    'application/merge-patch+json',
    'application/jsonp',
  ])('does not take %s', type =>
    expect(() => parse('{"a":1}', type)).toThrow(expect.objectContaining({ code: 'unsupported_media_type' })),
  )

  it('takes a merge patch for PATCH', () =>
    expect(parse('{"a":null}', 'application/merge-patch+json', { method: 'PATCH' })).toEqual({ a: null }))

  it('does not take a compressed body', () =>
    expect(() => parse('{}', json, { headers: { 'content-type': json, 'content-encoding': 'gzip' } })).toThrow(
      expect.objectContaining({ code: 'unsupported_media_type' }),
    ))

  it('reads a body that came as base64', () => {
    const body = Buffer.from('{"name":"长青"}').toString('base64')
    expect(parse(body, json, { isBase64Encoded: true })).toEqual({ name: '长青' })
  })

  it('refuses bytes that are not UTF-8', () => {
    const body = Buffer.from([0x22, 0xff, 0x22]).toString('base64')
    expect(() => parse(body, json, { isBase64Encoded: true })).toThrow('not valid UTF-8')
  })

  it('skips a byte order mark', () => {
    const body = Buffer.from('\ufeff{}').toString('base64')
    expect(parse(body, json, { isBase64Encoded: true })).toEqual({})
  })

  it('has nothing to read without a body', () => expect(parseBody(httpEvent({ method: 'POST' }), 10)).toBeUndefined())

  it.each([
    ['plain', `"${'x'.repeat(998)}"`, `"${'x'.repeat(999)}"`, false],
    ['of wide characters', `"${'长'.repeat(332)}"`, `"${'长'.repeat(333)}"`, false],
    ['as base64', Buffer.from(`"${'x'.repeat(998)}"`).toString('base64'), Buffer.alloc(1_001).toString('base64'), true],
  ])('counts the bytes of a body %s', (_, fitting, tooLong, isBase64Encoded) => {
    expect(() => parse(fitting, json, { isBase64Encoded })).not.toThrow()
    expect(() => parse(tooLong, json, { isBase64Encoded })).toThrow(
      expect.objectContaining({ code: 'payload_too_large' }),
    )
  })

  it('says that JSON is bad', () =>
    expect(() => parse('{"a":}', json)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        errors: [expect.objectContaining({ code: 'invalid_json' })],
      }),
    ))

  it('says where a hazard is', () =>
    expect(() => parse('{"a":{"__proto__":1}}', json)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/a/__proto__' })] }),
    ))
})
