import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAuthorizer } from '#infra/local/engines/iam.ts'
import { type S3Engine, startS3 } from '#infra/local/engines/s3/start-s3.ts'
import { type Files, openFiles } from '#lib/runtime/files.ts'
import { newFolder } from '../../local/engines/support/client-options.ts'

const keyArn = 'arn:aws:kms:eu-central-1:000000000000:key/tenant'
const otherKey = 'arn:aws:kms:eu-central-1:000000000000:key/other'
const allow = (actions: string[], resource: string) => ({
  Statement: [{ Effect: 'Allow' as const, Action: actions, Resource: resource }],
})
const useKey = allow(['kms:Decrypt', 'kms:GenerateDataKey'], keyArn)
const listNames = allow(['s3:ListBucket'], 'arn:aws:s3:::files')
const readWrite = ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload']

const dir = newFolder()
let s3: S3Engine

/** A bucket as a function with these credentials opens it. */
function filesOf(principal: string, url = s3.url): Files {
  vi.stubEnv('AWS_ENDPOINT_URL_S3', url)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', principal)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local')
  return openFiles('files')
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

const failure = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error & { code?: string }) => error.code ?? error.name,
  )

beforeAll(async () => {
  const authorize = createAuthorizer({
    Import: [allow(readWrite, 'arn:aws:s3:::files/imports/*'), listNames, useKey],
    Blind: [allow(readWrite, 'arn:aws:s3:::files/imports/*'), useKey],
    Keyless: [allow(readWrite, 'arn:aws:s3:::files/imports/*'), listNames],
  })
  s3 = await startS3({ dir, region: 'eu-central-1', authorize })
  s3.createBucket('files', {
    versioning: true,
    kmsKeyArn: keyArn,
    cors: [
      { allowedOrigins: ['https://crm.example'], allowedMethods: ['PUT', 'GET'], allowedHeaders: ['content-type'] },
    ],
  })
})

afterAll(() => s3.stop())
afterEach(() => vi.unstubAllEnvs())

describe('an address for an upload', () => {
  const csv = 'name,公司\n王伟,北京\n'
  const bytes = Buffer.byteLength(csv)
  const put = (url: string, headers: Record<string, string>, body = csv) => fetch(url, { method: 'PUT', headers, body })

  it("takes the file by a plain PUT, and the bucket's key encrypts it", async () => {
    const files = filesOf('Import')
    const { url, headers } = await files.presignUpload('imports/a.csv', {
      contentType: 'text/csv',
      bytes,
      expiresS: 60,
    })
    const answer = await put(url, headers)
    expect([answer.status, answer.headers.get('x-amz-server-side-encryption-aws-kms-key-id')]).toEqual([200, keyArn])
    expect(await files.readText('imports/a.csv')).toBe(csv)
    expect(await files.head('imports/a.csv')).toMatchObject({ bytes, contentType: 'text/csv' })
  })

  it.each<[string, (headers: Record<string, string>) => Record<string, string>, string]>([
    ['a longer file', headers => headers, `${csv}x`],
    ['a shorter file', headers => headers, csv.slice(1)],
    ['another content type', headers => ({ ...headers, 'content-type': 'text/html' }), csv],
    ['no content type', () => ({ 'content-type': '' }), csv],
  ])('refuses %s', async (_, change, body) => {
    const { url, headers } = await filesOf('Import').presignUpload('imports/bound.csv', {
      contentType: 'text/csv',
      bytes,
      expiresS: 60,
    })
    expect((await put(url, change(headers), body)).status).toBe(403)
    expect(await filesOf('Import').head('imports/bound.csv')).toBeUndefined()
  })

  it('refuses another key and another method than it was made for', async () => {
    const { url, headers } = await filesOf('Import').presignUpload('imports/one.csv', { expiresS: 60 })
    expect((await put(url.replace('one.csv', 'two.csv'), headers)).status).toBe(403)
    expect((await fetch(url)).status).toBe(403)
    expect((await put(url, headers)).status).toBe(200)
  })

  it('is worth nothing outside what its function may write, or without the right to the key', async () => {
    const outside = await filesOf('Import').presignUpload('exports/a.csv', { expiresS: 60 })
    expect(await (await put(outside.url, outside.headers)).text()).toContain('AccessDenied')
    const keyless = await filesOf('Keyless').presignUpload('imports/a.csv', { expiresS: 60 })
    expect(await (await put(keyless.url, keyless.headers)).text()).toContain('AccessDenied')
  })

  it.each<[string, Record<string, string>]>([
    [
      'another key',
      { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': otherKey },
    ],
    ["S3's own encryption", { 'x-amz-server-side-encryption': 'AES256' }],
    ['tags', { 'x-amz-tagging': 'public=yes' }],
    ['another access list', { 'x-amz-acl': 'public-read' }],
  ])('does not let an uploader choose %s', async (_, added) => {
    const { url, headers } = await filesOf('Import').presignUpload('imports/a.csv', { expiresS: 60 })
    expect(await (await put(url, { ...headers, ...added })).text()).toContain('AccessDenied')
  })

  it("carries the session of Lambda's temporary credentials", async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'token of a session')
    const { url, headers } = await filesOf('Import').presignUpload('imports/a.csv', { expiresS: 60 })
    expect(new URL(url).searchParams.get('X-Amz-Security-Token')).toBe('token of a session')
    expect((await put(url, headers)).status).toBe(200)
  })

  it('ends with its time', async () => {
    const { url, headers } = await filesOf('Import').presignUpload('imports/late.csv', { expiresS: 1 })
    await new Promise(resolve => setTimeout(resolve, 1_100))
    expect((await put(url, headers)).status).toBe(403)
  })

  it("lets pages of the tenant's origins use it, and no others", async () => {
    const { url } = await filesOf('Import').presignUpload('imports/a.csv', { contentType: 'text/csv', expiresS: 60 })
    const preflight = (origin: string, asked = 'Content-Type') =>
      fetch(url, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': asked },
      })
    const ours = await preflight('https://crm.example')
    expect([ours.status, ours.headers.get('access-control-allow-origin')]).toEqual([200, 'https://crm.example'])
    expect((await preflight('https://evil.example')).status).toBe(403)
    expect((await preflight('https://crm.example', 'content-type, x-amz-acl')).status).toBe(403)
  })
})

describe('an address for a download', () => {
  it.each([
    ['errors.csv', 'attachment; filename="errors.csv"; filename*=UTF-8\'\'errors.csv'],
    ['客户 (1).csv', 'attachment; filename="__ (1).csv"; filename*=UTF-8\'\'%E5%AE%A2%E6%88%B7%20%281%29.csv'],
    ['a"b\\c\r\nd.csv', 'attachment; filename="a_b_c__d.csv"; filename*=UTF-8\'\'a%22b%5Cc%0D%0Ad.csv'],
  ])('gives the file under the name %j', async (fileName, disposition) => {
    const files = filesOf('Import')
    await files.write('imports/errors.csv', 'row,problem\n', { contentType: 'text/csv' })
    const answer = await fetch(await files.presignDownload('imports/errors.csv', { fileName, expiresS: 60 }))
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-disposition')]).toEqual([
      200,
      'text/csv',
      disposition,
    ])
    expect(await answer.text()).toBe('row,problem\n')
  })
})

describe('files', () => {
  const pieces = (count: number) =>
    (async function* () {
      for (let index = 0; index < count; index++) yield Buffer.alloc(100_000, index % 251)
    })()

  it('are written and read as streams: 20 MB go through a few at a time', async () => {
    const files = filesOf('Import')
    await files.write('imports/big.bin', pieces(200), { contentType: 'application/octet-stream' })
    const [written, read] = [createHash('sha256'), createHash('sha256')]
    for await (const piece of pieces(200)) written.update(piece)
    let bytes = 0
    let longest = 0
    for await (const piece of files.read('imports/big.bin')) {
      read.update(piece)
      bytes += piece.length
      longest = Math.max(longest, piece.length)
    }
    expect(bytes).toBe(20_000_000)
    expect(read.digest('hex')).toBe(written.digest('hex'))
    expect(longest).toBeLessThanOrEqual(1_000_000)
  })

  it('that fail while they are written leave nothing behind, not even parts', async () => {
    const blobs = () => readdirSync(join(dir, 'blobs')).length
    const before = blobs()
    const broken = (async function* () {
      yield* pieces(120)
      throw new Error('the source broke')
    })()
    await expect(filesOf('Import').write('imports/broken.bin', broken)).rejects.toThrow('the source broke')
    expect(await filesOf('Import').head('imports/broken.bin')).toBeUndefined()
    expect(blobs()).toBe(before)
  })

  it.each([
    [{ start: 3 }, '34'.concat('56789')],
    [{ start: 3, end: 5 }, '345'],
    [{ start: 0, end: 0 }, '0'],
    [{ start: 10 }, ''],
  ])('are read by ranges of bytes: %j', async (range, expected) => {
    const files = filesOf('Import')
    await files.write('imports/digits', '0123456789')
    expect(Buffer.concat(await all(files.read('imports/digits', range))).toString()).toBe(expected)
  })

  it('may be empty, whichever way they are written', async () => {
    const files = filesOf('Import')
    await files.write('imports/empty-text', '')
    await files.write('imports/empty-stream', pieces(0))
    for (const key of ['imports/empty-text', 'imports/empty-stream']) {
      expect((await files.head(key))?.bytes).toBe(0)
      expect(await all(files.read(key))).toEqual([])
    }
  })

  it('are listed by prefix over all pages, in the order of their keys', async () => {
    const files = filesOf('Import')
    const keys = Array.from({ length: 1_005 }, (_, index) => `imports/many/${String(index).padStart(4, '0')}`)
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map(key => files.write(key, 'x')))
    }
    expect((await all(files.list('imports/many/'))).map(({ key }) => key)).toEqual(keys)
    expect(await all(files.list('imports/none/'))).toEqual([])
  })

  it('that are not there are not found; who may not list cannot tell, and is told that it is forbidden', async () => {
    expect(await filesOf('Import').head('imports/none')).toBeUndefined()
    expect(await failure(filesOf('Import').readText('imports/none'))).toBe('not_found')
    expect(await failure(all(filesOf('Import').read('imports/none')))).toBe('not_found')
    expect(await failure(filesOf('Blind').readText('imports/none'))).toBe('AccessDenied')
  })

  it('cannot be touched outside the prefix', async () => {
    expect(await failure(filesOf('Import').write('exports/a', 'x'))).toBe('AccessDenied')
    expect(await failure(filesOf('Import').write('exports/a', pieces(1)))).toBe('AccessDenied')
  })

  it('out of reach are unavailable, so that whoever asked tries again', async () => {
    expect(await failure(filesOf('Import', 'http://127.0.0.1:9').readText('imports/a'))).toBe('unavailable')
  })
})
