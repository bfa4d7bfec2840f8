import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { openTrailFolder } from '#infra/local/access-log/trail-folder.ts'
import { digest } from '#lib/access-log/digest.ts'
import { onlyKey } from '#lib/access-log/public-keys.ts'
import { verifyTrail } from '#lib/access-log/verify-trail.ts'

/** A copy that an earlier version wrote, signed with a key that is gone: it has to stay verifiable. */
const kept = join(import.meta.dirname, '../../../data/access-log')
const scratch = mkdtempSync(join(tmpdir(), 'evergreen-trail-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

let copy = ''
beforeEach(() => {
  copy = mkdtempSync(join(scratch, 'copy-'))
  cpSync(kept, copy, { recursive: true })
})

const [pem = ''] = readdirSync(join(kept, 'public-keys'))
const publicKey = join(kept, 'public-keys', pem)
const filesOf = (kind: string) =>
  readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter(
    name => name.includes(`/${kind}/`) && name.endsWith('.gz'),
  )
const keyOf = (name: string) => name.slice(name.indexOf('AWSLogs'))

/** `npm run access-log`, with nothing of a running stack around it. */
function commandLine(...args: string[]): { status: number | null; output: string } {
  const env = { PATH: process.env['PATH'], EVERGREEN_DATA: join(scratch, 'nothing') }
  const { status, stdout, stderr } = spawnSync(execPath, ['infra/local/access-log.ts', ...args], { env })
  return { status, output: `${stdout}${stderr}` }
}

describe('a copy of an access log on disk', () => {
  it('of an earlier version is intact, in the format of CloudTrail', async () => {
    const source = openTrailFolder(kept)
    const result = await verifyTrail(source, { publicKeys: onlyKey(readFileSync(publicKey, 'utf8')) })
    expect([result.bucket, result.found, result.intactDigests]).toEqual(['evergreen-log', 0, result.digests])
    const [first = ''] = filesOf('CloudTrail-Digest').toSorted()
    const said = JSON.parse(gunzipSync(readFileSync(join(copy, first))).toString())
    expect(Object.keys(said)).toEqual(Object.keys(digest.shape))
    expect(said).toMatchObject({ digestSignatureAlgorithm: 'SHA256withRSA', previousDigestSignature: null })
  })

  it('can also be given as the folder of the bucket', () => {
    expect(openTrailFolder(join(kept, 'evergreen-log')).bucket).toBe('evergreen-log')
  })

  it.each<[string, (folder: string) => string, RegExp]>([
    ['is not there', folder => join(folder, 'none'), /There is no folder/],
    ['holds no log', folder => mkdtempSync(join(folder, 'empty-')), /has no folder <bucket>\/AWSLogs/],
    [
      'holds two buckets',
      folder => {
        for (const bucket of ['a', 'b']) mkdirSync(join(folder, 'two', bucket, 'AWSLogs'), { recursive: true })
        return join(folder, 'two')
      },
      /holds several buckets: give one of a, b/,
    ],
  ])('that %s is refused with what is expected', (_what, make, message) => {
    expect(() => openTrailFolder(make(scratch))).toThrow(message)
  })
})

describe('npm run access-log -- verify --dir', () => {
  it('says that all is intact, by the keys and anchors of the copy, and ends 0', () => {
    const { status, output } = commandLine('verify', '--dir', copy)
    expect([status, output]).toEqual([0, expect.stringContaining('INTACT')])
    expect(output).toMatch(/anchors held against it +1\n/)
    expect(output).toContain('the public keys came with the copy')
  })

  it('names a file that was altered, and ends 1', () => {
    const [name = ''] = filesOf('CloudTrail')
    writeFileSync(join(copy, name), readFileSync(join(copy, filesOf('CloudTrail').at(-1) ?? '')))
    const { status, output } = commandLine('verify', '--dir', copy)
    expect([status, output]).toEqual([1, expect.stringContaining(keyOf(name))])
  })

  it('sees by the anchor that the newest hours were cut off, and without it says that it cannot', () => {
    const newest = filesOf('CloudTrail-Digest').toSorted().at(-1) ?? ''
    const named = JSON.parse(gunzipSync(readFileSync(join(copy, newest))).toString()).logFiles
    for (const { s3Object } of named) rmSync(join(copy, 'evergreen-log', s3Object))
    rmSync(join(copy, newest))
    const cut = commandLine('verify', '--dir', copy)
    expect([cut.status, cut.output]).toEqual([1, expect.stringContaining(keyOf(newest))])
    rmSync(join(copy, 'anchors'), { recursive: true })
    const blind = commandLine('verify', '--dir', copy)
    expect([blind.status, blind.output]).toEqual([0, expect.stringContaining('no anchor was given')])
    const { hashValue } = JSON.parse(readFileSync(join(kept, 'anchors/newest.json'), 'utf8'))
    const paper = commandLine('verify', '--dir', copy, '--anchor', hashValue)
    expect([paper.status, paper.output]).toEqual([1, expect.stringContaining(hashValue)])
  })

  it('goes by the key that it was given, not by one that came with the copy', () => {
    rmSync(join(copy, 'public-keys'), { recursive: true })
    expect(commandLine('verify', '--dir', copy).output).toContain('There is no public key')
    expect(commandLine('verify', '--dir', copy, '--public-key', publicKey).status).toBe(0)
  })

  it.each([
    [['verify', '--from', 'yesterday'], /--from yesterday is no time/],
    [['verify', '--from', '2026-03-02', '--to', '2026-03-01'], /--from must be before --to/],
    [['verify', '--anchor', 'abc'], /--anchor abc is no hash/],
    [['verify'], /Nothing runs on/],
    [['download'], /npm run access-log -- download DIR/],
  ])('%j is refused with what to do', (args, message) => {
    const { status, output } = commandLine(...args)
    expect([status, output]).toEqual([1, expect.stringMatching(message)])
  })

  it('downloads into an empty folder only', () => {
    expect(existsSync(join(copy, 'public-keys'))).toBe(true)
    expect(commandLine('download', copy).output).toContain('is not empty')
  })
})
