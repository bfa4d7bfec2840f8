import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { expectContract } from '../support/contract.ts'
import { useCrm } from '../support/crm.ts'
import { importFile, startImport, uploadFile } from '../support/imports.ts'

const crm = useCrm()
const zipBomb = () => {
  const zip = Buffer.from('504b030414000000080000000000', 'hex')
  return Buffer.concat([zip, gzipSync(Buffer.alloc(10_000_000))])
}

describe('a file that cannot be imported is refused when it is started, with what to do', () => {
  it.each<[string, string | Uint8Array, object, string, string]>([
    ['is empty', '', {}, '/file', 'empty_file'],
    ['has a header and no rows', 'name,email\r\n', {}, '/file', 'no_rows'],
    [
      'has a header twice',
      'name,email,email\nA,a@example.com,b@example.com\n',
      {},
      '/file/header/2',
      'header_repeated',
    ],
    ['is gzipped', gzipSync('name\nA\n'), {}, '/file', 'not_csv'],
    ['is a zip bomb', zipBomb(), {}, '/file', 'not_csv'],
    ['is a picture', Buffer.from('89504e470d0a1a0a0000000d49484452000000010000', 'hex'), {}, '/file', 'not_csv'],
    [
      'is mapped to no field',
      'name,hobby\nA,chess\n',
      { mapping: { name: 'name', hobby: 'hobbies' } },
      '/mapping/hobby',
      'unknown_field',
    ],
    [
      'is mapped from no column',
      'name\nA\n',
      { mapping: { name: 'name', phone: 'phones' } },
      '/mapping/phone',
      'unknown_column',
    ],
  ])('a file that %s', async (_what, file, start, pointer, code) => {
    const id = await uploadFile(crm, { file })
    const reply = await startImport(crm, id, { file, start })
    expect(reply.status, reply.text).toBe(400)
    expectContract({ method: 'POST', path: `/v1/imports/${id}/start` }, reply)
    expect(reply.json.errors, reply.text).toMatchObject([{ pointer, code }])
    const { json } = await crm.send({ as: 'admin', method: 'GET', path: `/v1/imports/${id}` })
    expect(json).toMatchObject({ state: 'awaitingUpload', counts: { rows: 0, created: 0 } })
  })

  it('a file that was never sent', async () => {
    const made = await crm.send({ as: 'admin', method: 'POST', path: '/v1/imports', body: {} })
    const reply = await startImport(crm, made.json.id, { file: '' })
    expect(reply.json).toMatchObject({ status: 400, errors: [{ code: 'invalid_state' }] })
    const again = { as: 'admin', method: 'POST', path: '/v1/imports', body: { fileOf: made.json.id } } as const
    expect((await crm.send(again)).json).toMatchObject({
      status: 400,
      errors: [{ pointer: '/fileOf', code: 'no_file' }],
    })
    expect((await crm.send({ ...again, as: 'rep' })).json).toMatchObject({ status: 404, code: 'not_found' })
  })
})

describe('a row that cannot be imported is rejected with its number and its column, and the others come in', () => {
  it.each<[string, string | Uint8Array, object]>([
    ['has too few cells', 'name,email,title\nGood,g1@example.com,Boss\nBad,b@example.com\n', { row: 2 }],
    ['has too many cells', 'name,email\nGood,g2@example.com\nBad,b@example.com,more,still more\n', { row: 2 }],
    ['has a quote that is never closed', 'name,email\nGood,g3@example.com\n"Bad,b@example.com\n', { row: 2 }],
    ['has a cell of 2 MB', `name,title\nGood,Boss\nBad,${'x'.repeat(2_000_000)}\n`, { row: 2 }],
    ['has a date that is none', 'name,birthday\nGood,1990-02-01\nBad,2021-02-30\n', { row: 2, column: 'birthday' }],
    ['has a phone that is none', 'name,mobile\nGood,13912340009\nBad,12\n', { row: 2, column: 'mobile' }],
    [
      'has broken UTF-8',
      Buffer.concat([
        Buffer.from('name,title\nGood,王\nBad,'),
        Buffer.from([0xff, 0xfe, 0x80]),
        Buffer.from('\nBest,李\n'),
      ]),
      {},
    ],
  ])('a row that %s', async (_what, file, place) => {
    const job = await importFile(crm, { file, start: { onDuplicate: 'create' } })
    expect(job.state, JSON.stringify(job.problem)).toBe('succeeded')
    expect(job.counts.created, JSON.stringify(job.report)).toBeGreaterThanOrEqual(1)
    expect(job.counts.rejected).toBe(1)
    expect(job.report.firstRejects).toMatchObject([place])
    expect(job.report.check.holds).toBe(true)
  })

  it('formulas stay text: they come in as they are, and go out so that no spreadsheet runs them', async () => {
    const file = 'name,title,email\n"=HYPERLINK(""http://evil.example"",""x"")",@SUM(A1),bad@\n'
    const job = await importFile(crm, { file })
    expect(job.counts.rejected).toBe(1)
    const { text } = await crm.send({ as: 'admin', method: 'GET', path: `/v1/imports/${job.id}/rejects` })
    expect(text).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`)
    expect(text).toContain(`'@SUM(A1)`)
  })
})
