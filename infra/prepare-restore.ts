import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { createGzip } from 'node:zlib'
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { keyInFile } from '#infra/local/restore/open-source.ts'
import { chainLines } from '#lib/backup/chain-lines.ts'
import { openVault } from '#lib/backup/vault.ts'
import { preparedRestore } from '#lib/backup/vault-keys.ts'
import { verifyChain } from '#lib/backup/verify-chain.ts'
import { type EvidenceKey, openEvidenceKey } from '#lib/evidence/evidence-key.ts'

// npm run prepare-restore -- BACKUP --vault BUCKET --key alias/evergreen-acme-evidence : with the credentials of an AWS account, verifies a backup and all that it builds on (by the account's key, or its public half where that region is lost), and puts what they come to where a new table is imported from. Prints the deployment that does it.

const usage = `npm run prepare-restore -- BACKUP --vault BUCKET [--key alias/evergreen-TENANT-evidence | --public-key FILE.pem] [--tenant acme]`

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    vault: { type: 'string' },
    key: { type: 'string' },
    'public-key': { type: 'string' },
    tenant: { type: 'string', default: 'acme' },
  },
})

try {
  const [backup] = positionals
  if (backup === undefined || flags.vault === undefined) throw new Error(usage)
  await prepare(backup, flags.vault)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function prepare(backupId: string, bucket: string): Promise<void> {
  const vault = openVault(bucket)
  const evidence = flags['public-key'] === undefined ? await keyOfAccount() : keyInFile(flags['public-key'])
  const chain = await verifyChain({ vault, evidence }, backupId)
  console.log(`${backupId} of ${chain.newest.cutOffAt} and ${chain.links.length - 1} before it are as they were made`)
  const counter = { items: 0 }
  const Body = Readable.from(counted(chainLines({ vault, chain }), counter)).pipe(createGzip())
  const Key = `${preparedRestore(backupId)}items.json.gz`
  await new Upload({ client: new S3Client({}), params: { Bucket: bucket, Key, Body } }).done()
  console.log(`${counter.items} items are ready in s3://${bucket}/${Key}`)
  const from = `${bucket}/${backupId}`
  console.log(`npx cdk deploy '*' -c tenant=${flags.tenant} -c restoreFrom=${from}`)
  console.log(`Then write "restoreFrom": "${from}" into infra/tenants/${flags.tenant}.json, so that the table stays.`)
}

async function keyOfAccount(): Promise<Pick<EvidenceKey, 'verify'>> {
  const alias = flags.key ?? `alias/evergreen-${flags.tenant}-evidence`
  const { KeyMetadata } = await new KMSClient({}).send(new DescribeKeyCommand({ KeyId: alias }))
  return openEvidenceKey(KeyMetadata?.Arn ?? alias)
}

async function* counted(lines: AsyncIterable<string>, counter: { items: number }): AsyncGenerator<string> {
  for await (const line of lines) {
    counter.items += 1
    yield `${line}\n`
  }
}
