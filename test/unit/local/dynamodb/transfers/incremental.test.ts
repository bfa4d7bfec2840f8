import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  bucket,
  type Change,
  changesOf,
  exported,
  type Ground,
  type Item,
  item,
  itemsOf,
  manifestOf,
  put,
  remove,
  startGround,
  table,
  tableArn,
} from './support.ts'

let ground: Ground

beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.stop())

const changed = (IncrementalExportSpecification: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  exported(ground, { ExportType: 'INCREMENTAL_EXPORT', IncrementalExportSpecification, ...more })
type Times = { ExportFromTime: string; ExportToTime: string }
const timesOf = (description: Record<string, unknown>) => description['IncrementalExportSpecification'] as Times
const v = (version: number): Item => ({ v: { N: String(version) } })

/** A state with the changes of a window applied to it. */
function applied(state: ReadonlyMap<string, Item>, changes: ReadonlyMap<string, Change>): Map<string, Item> {
  const next = new Map(state)
  for (const [key, { NewImage }] of changes) {
    if (NewImage) next.set(key, NewImage)
    else next.delete(key)
  }
  return next
}

describe('an incremental export', () => {
  it('tells of each changed item what it was before the window and what it is after', async () => {
    for (const pk of ['updated', 'deleted', 'untouched', 'replaced']) await put(ground, item(pk, v(1)))
    const { ExportTime } = await exported(ground)
    await put(ground, item('updated', v(2)))
    await put(ground, item('updated', v(3)))
    await remove(ground, 'deleted')
    await remove(ground, 'replaced')
    await put(ground, item('replaced', v(2)))
    await put(ground, item('new', v(1)))
    await put(ground, item('came and went'))
    await remove(ground, 'came and went')
    const changes = await changesOf(ground, await changed({ ExportFromTime: ExportTime }))
    const change = (pk: string, images: Partial<Change>): [string, unknown] => [
      `${pk}|A`,
      { Metadata: { WriteTimestampMicros: { N: expect.stringMatching(/^\d{16}$/) } }, Keys: item(pk), ...images },
    ]
    expect(changes).toEqual(
      new Map([
        change('updated', { OldImage: item('updated', v(1)), NewImage: item('updated', v(3)) }),
        change('deleted', { OldImage: item('deleted', v(1)) }),
        change('replaced', { OldImage: item('replaced', v(1)), NewImage: item('replaced', v(2)) }),
        change('new', { NewImage: item('new', v(1)) }),
      ]),
    )
  })

  it('of new images only has no old ones', async () => {
    const { ExportTime } = await exported(ground)
    await put(ground, item('updated', v(4)))
    await remove(ground, 'new')
    const description = await changed({ ExportFromTime: ExportTime, ExportViewType: 'NEW_IMAGE' })
    const changes = await changesOf(ground, description)
    expect([...changes.values()].map(change => Object.keys(change))).toEqual([
      ['Metadata', 'Keys', 'NewImage'],
      ['Metadata', 'Keys'],
    ])
    expect((await manifestOf(ground, description)).summary).toMatchObject({ outputView: 'NEW_IMAGE' })
  })

  it('is laid out and described as AWS does it: data files of all are in one folder', async () => {
    const { ExportTime } = await exported(ground)
    await put(ground, item('x'))
    const description = await changed({ ExportFromTime: ExportTime })
    expect(description).toMatchObject({
      ExportStatus: 'COMPLETED',
      ExportType: 'INCREMENTAL_EXPORT',
      IncrementalExportSpecification: {
        ExportFromTime: ExportTime,
        ExportToTime: expect.stringMatching(/Z$/),
        ExportViewType: 'NEW_AND_OLD_IMAGES',
      },
      ItemCount: 1,
    })
    expect(description).not.toHaveProperty('ExportTime')
    const { summary, files } = await manifestOf(ground, description)
    expect(summary).toMatchObject({
      version: '2023-08-01',
      exportFromTime: ExportTime,
      exportToTime: timesOf(description).ExportToTime,
      outputView: 'NEW_AND_OLD_IMAGES',
      exportType: 'INCREMENTAL_EXPORT',
      outputFormat: 'DYNAMODB_JSON',
    })
    expect(description['ExportManifest']).toMatch(/^table\/AWSDynamoDB\/\d{14}-[0-9a-f]{8}\/manifest-summary\.json$/)
    for (const { dataFileS3Key } of files)
      expect(dataFileS3Key).toMatch(/^table\/AWSDynamoDB\/data\/[a-z2-7]{26}\.json\.gz$/)
  })

  it('of a window without changes has one empty file', async () => {
    const { ExportTime } = await exported(ground)
    const description = await changed({ ExportFromTime: ExportTime })
    expect((await manifestOf(ground, description)).files).toMatchObject([{ itemCount: 0 }])
  })

  it('takes a window in the past, and nothing outside of it', async () => {
    await put(ground, item('before'))
    await sleep(150)
    const from = Date.now()
    await sleep(150)
    await put(ground, item('within'))
    await sleep(150)
    const to = Date.now()
    await sleep(150)
    await put(ground, item('afterwards'))
    const description = await changed({ ExportFromTime: from / 1000, ExportToTime: new Date(to).toISOString() })
    expect([...(await changesOf(ground, description)).keys()]).toEqual(['within|A'])
  })
})

describe('a full export and the incremental ones after it', () => {
  it('make the full export of the end, whatever is written meanwhile', async () => {
    const operations = fc.sample(
      fc.record({ pk: fc.integer({ min: 0, max: 40 }), version: fc.nat(), isRemoval: fc.boolean() }),
      { numRuns: 600, seed: 3 },
    )
    let isWriting = true
    const write = async () => {
      for (const { pk, version, isRemoval } of operations.values()) {
        if (!isWriting) return
        await (isRemoval ? remove(ground, `chain-${pk}`) : put(ground, item(`chain-${pk}`, v(version))))
        await sleep(4)
      }
    }
    const writing = write()
    const full = await exported(ground)
    let state = await itemsOf(ground, full)
    let from = full.ExportTime
    for (let i = 0; i < 3; i++) {
      const increment = await changed({ ExportFromTime: from })
      state = applied(state, await changesOf(ground, increment))
      from = timesOf(increment).ExportToTime
    }
    isWriting = false
    await writing
    const end = await exported(ground, { ExportTime: from })
    expect(end.ExportTime).toBe(from)
    expect(state).toEqual(await itemsOf(ground, end))
    expect(state).not.toEqual(await itemsOf(ground, await exported(ground)))
  })
})

describe('a request for an incremental export', () => {
  const asked = { TableArn: tableArn(table.name), S3Bucket: bucket, ExportType: 'INCREMENTAL_EXPORT' }
  const now = () => new Date().toISOString()

  it.each([
    ['without a window', () => ({}), 'ValidationException', 'IncrementalExportSpecification'],
    [
      'of changes no longer kept',
      () => ({ IncrementalExportSpecification: { ExportFromTime: (Date.now() - 130_000_000) / 1000 } }),
      'InvalidExportTimeException',
      'ExportFromTime',
    ],
    [
      'to the future',
      () => ({ IncrementalExportSpecification: { ExportFromTime: now(), ExportToTime: '2999-01-01T00:00:00Z' } }),
      'InvalidExportTimeException',
      'ExportToTime',
    ],
    [
      'with an ExportTime',
      () => ({ ExportTime: now(), IncrementalExportSpecification: { ExportFromTime: now() } }),
      'ValidationException',
      'no ExportTime',
    ],
    [
      'that is a full one',
      () => ({ ExportType: 'FULL_EXPORT', IncrementalExportSpecification: { ExportFromTime: now() } }),
      'ValidationException',
      'INCREMENTAL_EXPORT only',
    ],
  ])('%s is refused by the name AWS gives', async (_what, more, code, message) => {
    const refused = ground.transfers.call('ExportTableToPointInTime', { ...asked, ...more() })
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('that ends before it begins is refused', async () => {
    const { ExportTime } = await exported(ground)
    await put(ground, item('between'))
    await sleep(5)
    const later = await exported(ground)
    const window = { ExportFromTime: later.ExportTime, ExportToTime: ExportTime }
    const refused = ground.transfers.call('ExportTableToPointInTime', {
      ...asked,
      IncrementalExportSpecification: window,
    })
    await expect(refused).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining('is before'),
    })
  })
})
