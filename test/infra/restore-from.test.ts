import { describe, expect, it } from 'vitest'
import { synthesize } from '#infra/synth.ts'
import { ofType, projectOfStubs, synthesizeRestored, temporaryFolder } from './support/synthesized.ts'

const backupId = 'bkp_01h00000000000000000000000'
const restoreFrom = `evergreen-acme-vault-1/${backupId}`

const tableOf = async (options: { restoreFrom?: string }) => {
  const data = await synthesizeRestored('acme', options)
  const tables = ofType(data, 'AWS::DynamoDB::Table')
  const find = (name: string) => tables.find(([id]) => id.startsWith(name))?.[1].Properties ?? {}
  return { records: find('Records'), search: find('Search') }
}

describe('-c restoreFrom', () => {
  it('makes the table of records of what was made ready in the vault, and changes nothing else of it', async () => {
    const [plain, restored] = [await tableOf({}), await tableOf({ restoreFrom })]
    const { ImportSourceSpecification, ...rest } = restored.records
    expect(ImportSourceSpecification).toEqual({
      InputFormat: 'DYNAMODB_JSON',
      InputCompressionType: 'GZIP',
      S3BucketSource: { S3Bucket: 'evergreen-acme-vault-1', S3KeyPrefix: `restore/${backupId}/data/` },
    })
    expect(rest).toEqual(plain.records)
    expect(restored.search).toEqual(plain.search)
  })

  it.each([
    ['no backup', 'evergreen-acme-vault-1'],
    ['no vault', backupId],
    ['another id', 'evergreen-acme-vault-1/run_01h00000000000000000000000'],
  ])('is refused with %s, saying what it must be', async (_what, wrong) => {
    const work = synthesize({
      tenants: ['acme'],
      outdir: temporaryFolder(),
      root: projectOfStubs(),
      restoreFrom: wrong,
    })
    await expect(work).rejects.toThrow('<vault bucket>/<backup id>')
  })

  it('is refused for all tenants at once', async () => {
    const options = { tenants: ['acme', 'local'], outdir: temporaryFolder(), root: projectOfStubs(), restoreFrom }
    await expect(synthesize(options)).rejects.toThrow('-c tenant=')
  })
})
