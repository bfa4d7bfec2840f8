import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { derivedId, isId, isTypeId, prefixOf, typeIds } from '#lib/runtime/ids.ts'

const next = vi.hoisted(() => ({ bytes: undefined as Uint8Array | undefined }))
vi.mock('uuidv7', async importOriginal => {
  const original = await importOriginal<typeof import('uuidv7')>()
  return { ...original, uuidv7obj: () => (next.bytes ? original.UUID.ofInner(next.bytes) : original.uuidv7obj()) }
})

afterEach(() => {
  next.bytes = undefined
})

const bytesOf = (uuid: string) => Uint8Array.from(Buffer.from(uuid.replaceAll('-', ''), 'hex'))

describe('typeIds', () => {
  it.each([
    ['nil', '00000000-0000-0000-0000-000000000000', '00000000000000000000000000'],
    ['one', '00000000-0000-0000-0000-000000000001', '00000000000000000000000001'],
    ['ten', '00000000-0000-0000-0000-00000000000a', '0000000000000000000000000a'],
    ['sixteen', '00000000-0000-0000-0000-000000000010', '0000000000000000000000000g'],
    ['thirty-two', '00000000-0000-0000-0000-000000000020', '00000000000000000000000010'],
    ['the largest', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '7zzzzzzzzzzzzzzzzzzzzzzzzz'],
    ['every letter', '0110c853-1d09-52d8-d73e-1194e95b5f19', '0123456789abcdefghjkmnpqrs'],
    ['a UUIDv7', '01890a5d-ac96-774b-bcce-b302099a8057', '01h455vb4pex5vsknk084sn02q'],
  ])('encodes as the TypeID specification says: %s', (_what, uuid, text) => {
    next.bytes = bytesOf(uuid)
    expect(typeIds.next('cust')).toBe(`cust_${text}`)
  })

  it('ids sort by the time they were made, even within a millisecond', () => {
    const ids = Array.from({ length: 2000 }, () => typeIds.next('cust'))
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(2000)
  })

  it('later bytes sort later as text', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 })
    const encoded = (value: Uint8Array) => {
      next.bytes = value
      return typeIds.next('x')
    }
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const inOrder = [a, b].toSorted(Buffer.compare).map(encoded)
        expect(inOrder.toSorted()).toEqual(inOrder)
      }),
      { seed: 1, numRuns: 200 },
    )
  })
})

describe('isTypeId', () => {
  it.each([
    ['cust_01h455vb4pex5vsknk084sn02q', 'cust', true],
    ['cust_7zzzzzzzzzzzzzzzzzzzzzzzzz', 'cust', true],
    ['cust_8zzzzzzzzzzzzzzzzzzzzzzzzz', 'cust', false],
    ['cust_01h455vb4pex5vsknk084sn02', 'cust', false],
    ['cust_01h455vb4pex5vsknk084sn02qq', 'cust', false],
    ['cust_01h455vb4pex5vsknk084sn02i', 'cust', false],
    ['cust_01h455vb4pex5vsknk084sn02l', 'cust', false],
    ['cust_01h455vb4pex5vsknk084sn02o', 'cust', false],
    ['cust_01h455vb4pex5vsknk084sn02u', 'cust', false],
    ['cust_01H455VB4PEX5VSKNK084SN02Q', 'cust', false],
    ['cust_01h455vb4pex5vsknk084sn02q\n', 'cust', false],
    ['cont_01h455vb4pex5vsknk084sn02q', 'cust', false],
    ['', 'cust', false],
  ])('%j as %s: %s', (text, prefix, isOne) => {
    expect(isTypeId(text, prefix)).toBe(isOne)
  })

  it('every id made is one', () => {
    const ids = Array.from({ length: 100 }, () => typeIds.next('act'))
    expect(ids.filter(id => isTypeId(id, 'act') && isId(id) && prefixOf(id) === 'act')).toEqual(ids)
  })
})

describe('isId', () => {
  it.each([
    ['cust_01h455vb4pex5vsknk084sn02q', true],
    ['_01h455vb4pex5vsknk084sn02q', false],
    [`${'x'.repeat(3000)}_01h455vb4pex5vsknk084sn02q`, false],
    ['me', false],
    ['', false],
  ])('%s', (text, isOne) => {
    expect(isId(text)).toBe(isOne)
  })
})

describe('prefixOf', () => {
  it.each([
    ['cust_01h455vb4pex5vsknk084sn02q', 'cust'],
    ['a_b_c', 'a_b'],
    ['none', ''],
    ['', ''],
  ])('%j gives %j', (id, prefix) => {
    expect(prefixOf(id)).toBe(prefix)
  })
})

describe('derivedId', () => {
  const at = new Date('2026-03-31T01:00:00.000Z')

  it('is the same for the same seed, a TypeID of its time, and another for another seed', () => {
    const id = derivedId('cust', { at, seed: 'imp_1/7' })
    expect(derivedId('cust', { at, seed: 'imp_1/7' })).toBe(id)
    expect(isTypeId(id, 'cust')).toBe(true)
    expect(derivedId('cust', { at, seed: 'imp_1/8' })).not.toBe(id)
    expect(derivedId('cust', { at: new Date(at.getTime() + 1), seed: 'imp_1/7' }) > id).toBe(true)
  })
})
