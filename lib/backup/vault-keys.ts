/** Prefix that DynamoDB exports into; it puts `AWSDynamoDB/` behind it. */
export const exportPrefix = 'table'

/** Key under which all that DynamoDB wrote for an export begins; the export's id is the last part of its ARN. */
export function exportRoot(exportArn: string): string {
  return `${exportPrefix}/AWSDynamoDB/${exportIdOf(exportArn)}/`
}

/** Where the data files of incremental exports are, those of all of them together. */
export const incrementalData = `${exportPrefix}/AWSDynamoDB/data/`

/** Prefixes of the files bucket that cannot be made again from the records, and so are copied to the second region. */
export const copiedPrefixes = ['cleanup/', 'imports/', 'reports/'] as const

/** Keys of what the product itself keeps in the vault. */
export const vaultKeys = {
  catalogue: (backupId: string) => `catalogue/${backupId}.json`,
  inventory: (backupId: string) => `inventory/${backupId}.json.gz`,
  drill: (runId: string) => `drills/${runId}.json`,
  /** Signature of another file of the vault. */
  signature: (key: string) => key.replace(/\.json$/, '.sig.json'),
  prefixes: { catalogue: 'catalogue/', drills: 'drills/' },
}

/** Where `npm run prepare-restore` puts what a new table is imported from. */
export function preparedRestore(backupId: string): string {
  return `restore/${backupId}/data/`
}

/** The id of an export, as its folder is called. */
function exportIdOf(exportArn: string): string {
  return exportArn.split('/').at(-1) ?? exportArn
}
