import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessLogVerification } from '#schemas/api/access-log-verification.ts'
import { useCrm } from '../support/crm.ts'
import { scratchRoot } from '../support/scratch.ts'

const crm = useCrm()
const hourMs = 3_600_000
const path = '/v1/access-log/verification'
const run = promisify(execFile)

/** Hours are moved, not waited for: the schedule says which time it stands for. */
const startedAt = Date.now()
const at = (hours: number) => new Date(Math.ceil(startedAt / hourMs + hours) * hourMs + 5 * 60_000).toISOString()
const writeDigest = async (hours: number) => {
  await crm.stack().drain({ isWhole: true })
  return crm.stack().invoke('schedules/write-digest', { kind: 'digest', scheduledAt: at(hours) })
}
const verify = () => crm.send({ as: 'auditor', method: 'GET', path })

let bucket = ''
let s3: S3Client
let copies = ''

beforeAll(async () => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  s3 = new S3Client({
    endpoint: crm.stack().endpoints['s3'] ?? '',
    region: 'ap-southeast-1',
    forcePathStyle: true,
    credentials,
  })
  bucket = JSON.parse(readFileSync(join(crm.stack().dataDir, 'endpoints.json'), 'utf8')).accessLog.ACCESS_LOG_BUCKET
  copies = mkdtempSync(join(scratchRoot, 'evergreen-log-copy-'))
})
afterAll(() => {
  s3.destroy()
  rmSync(copies, { recursive: true, force: true })
})

async function keysOf(prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
  return Contents.map(({ Key = '' }) => Key)
}

async function bytesAt(key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  return Buffer.from((await Body?.transformToByteArray()) ?? [])
}

/** Log files of a copy. */
function logsIn(copy: string): string[] {
  return readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter(file => /_CloudTrail_.*gz$/.test(file))
}

/** `npm run access-log`, as an auditor or an operator calls it. */
async function commandLine(...args: string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, EVERGREEN_DATA: crm.stack().dataDir }
  return run(execPath, ['infra/local/access-log.ts', ...args], { env }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    ({ code, stdout, stderr }) => ({ code, output: `${stdout}${stderr}` }),
  )
}

describe('the digests of a CRM at work', () => {
  it('sign what people did, in an unbroken chain that the API proves', async () => {
    const { id } = await crm.create('rep', 'customers', { name: '北京长青科技有限公司' })
    await crm.send({ as: 'manager', method: 'GET', path: `/v1/customers/${id}` })
    expect(await writeDigest(0)).toMatchObject({ written: 1, isDone: true })
    await crm.send({ as: 'nobody', method: 'GET', path: `/v1/customers/${id}` })
    expect(await writeDigest(3)).toMatchObject({ written: 3, isDone: true })
    const { status, json } = await verify()
    expect([status, accessLogVerification.parse(json)]).toMatchObject([
      200,
      { state: 'intact', found: 0, digests: { checked: 4, intact: 4 }, anchors: 1 },
    ])
    expect(json.events).toBeGreaterThanOrEqual(2)
    expect(json.logFiles).toEqual({ checked: json.logFiles.intact, intact: json.logFiles.intact })
  })

  it('run twice, or late, write nothing twice', async () => {
    const before = await keysOf('AWSLogs/000000000000/CloudTrail-Digest/')
    expect(await writeDigest(3)).toMatchObject({ written: 0, isDone: true })
    expect(await writeDigest(1)).toMatchObject({ written: 0, isDone: true })
    expect(await keysOf('AWSLogs/000000000000/CloudTrail-Digest/')).toEqual(before)
  })

  it.each(['rep', 'manager', 'service'] as const)('are not for a %s to check', async as => {
    expect((await crm.send({ as, method: 'GET', path })).status).toBe(404)
  })

  it.each([
    ['?from=yesterday', 'from'],
    ['?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', 'from'],
    ['?deep=true', 'deep'],
  ])('are not checked for %s', async (query, parameter) => {
    const { status, json } = await crm.send({ as: 'auditor', method: 'GET', path: path + query })
    expect([status, json.errors[0].parameter]).toEqual([400, parameter])
  })

  it('keep what the last check came to', async () => {
    const { json: first } = await verify()
    const { json: second } = await verify()
    expect(second.previous).toMatchObject({ checkedAt: first.checkedAt, state: 'intact', found: 0 })
  })

  it('are mailed every day with the newest hash, once', async () => {
    const event = { kind: 'verifyAccessLog', scheduledAt: at(3) }
    await crm.stack().invoke('schedules/verify-access-log', event)
    await crm.stack().invoke('schedules/verify-access-log', event)
    const mails = crm
      .stack()
      .outbox()
      .filter(({ subject }) => subject.includes('访问日志'))
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatchObject({ to: ['ops@example.com'], subject: expect.stringContaining('完好') })
    expect(mails[0]?.text).toMatch(/SHA-256:[0-9a-f]{64}/)
  })

  it('are handed to an auditor as files, who checks them without the CRM', async () => {
    const copy = join(copies, 'whole')
    expect(await commandLine('download', copy)).toMatchObject({ code: 0 })
    const { code, output } = await commandLine('verify', '--dir', copy)
    expect([code, output]).toEqual([0, expect.stringContaining('INTACT')])
    expect(output).toMatch(/digests intact +4 of 4/)
  })
})

describe('somebody who can write into the bucket', () => {
  it('alters a line of a copy, and the file is named', async () => {
    const copy = join(copies, 'altered')
    await commandLine('download', copy)
    const [name = ''] = logsIn(copy)
    const content = gunzipSync(readFileSync(join(copy, name))).toString()
    writeFileSync(join(copy, name), gzipSync(content.replace(/"eventName":"\w+"/, '"eventName":"Login"')))
    const { code, output } = await commandLine('verify', '--dir', copy)
    expect([code, output]).toEqual([1, expect.stringContaining(name.slice(name.indexOf('AWSLogs')))])
    expect(output).toContain('does not hold what was digested')
  })

  it('alters a line in the bucket itself: the API, the command line and the daily mail name the file', async () => {
    // One that a digest names: others wait for the next.
    const [name = ''] = logsIn(join(copies, 'whole'))
    const key = name.slice(name.indexOf('AWSLogs'))
    const before = await bytesAt(key)
    const Body = gzipSync(
      gunzipSync(before)
        .toString()
        .replace(/"eventName":"\w+"/, '"eventName":"Login"'),
    )
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }))
    const { json } = await verify()
    expect(json).toMatchObject({ state: 'altered', found: 1, findings: [{ file: key, kind: 'logAltered' }] })
    const { code, output } = await commandLine('verify')
    expect([code, output]).toEqual([1, expect.stringContaining(key)])
    const daily = crm.stack().invoke('schedules/verify-access-log', { kind: 'verifyAccessLog', scheduledAt: at(4) })
    await expect(daily).rejects.toThrow('The access log was altered: ')
    expect(crm.stack().outbox().at(-1)?.text).toContain(key)
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: before }))
    expect((await verify()).json).toMatchObject({ state: 'intact', previous: { state: 'altered', found: 1 } })
  })

  it('cannot delete a file for good: it is locked', async () => {
    const [key = ''] = await keysOf('AWSLogs/000000000000/CloudTrail-Digest/')
    const head = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    expect(head.ObjectLockMode).toBe('GOVERNANCE')
    expect(head.Metadata).toMatchObject({ 'signature-algorithm': 'SHA256withRSA' })
  })
})
