import type { StoredRecord } from '#lib/store/items.ts'
import { backupReport, drillReport } from '#schemas/api/backup-reports.ts'
import type { RunView } from '#schemas/api/maintenance.ts'

/** Dollars by AWS's price lists for us-east-1 of 2025: other regions differ by some tenths, and free tiers are left out. */
const prices = {
  exportGb: 0.1,
  importGb: 0.15,
  /** Written to a second region: transfer, and replication time control. */
  copyGb: 0.02 + 0.015,
  storageGbMonth: 0.023,
  /** A million strongly consistent reads of 4 KB. */
  readMillion: 0.125,
  /** Lambda on arm64, a GB for a second. */
  computeGbS: 0.0000133334,
}

/** What all steps have. */
const stepGb = 1.769
const gb = 1_000_000_000

/** What a run cost that took so long, by list prices; undefined for kinds that cost next to nothing. */
export function estimateCost({ fields }: StoredRecord, seconds: number): RunView['costEstimate'] {
  const compute = seconds * stepGb * prices.computeGbS
  const made = fields['kind'] === 'backup' ? backupReport.safeParse(fields['report']).data : undefined
  if (made) {
    const moved = made.billedBytes * prices.exportGb + made.copiedBytes * prices.copyGb
    const stored = (made.bytes + made.copiedBytes) * prices.storageGbMonth
    const what =
      'the export, the copy to the second region, both stored for a month, one function for as long as it ran'
    return told((moved + stored) / gb + compute, what)
  }
  const drilled = fields['kind'] === 'restoreDrill' ? drillReport.safeParse(fields['report']).data : undefined
  if (!drilled) return undefined
  const scans = ((2 * drilled.importedBytes) / 4_096 / 1_000_000) * prices.readMillion
  const what = 'the import of the full backup, a scan of both tables, one function for as long as it ran'
  return told((drilled.importedBytes / gb) * prices.importGb + scans + compute, what)
}

function told(amount: number, what: string): RunView['costEstimate'] {
  const basis = `AWS list prices of 2025 (us-east-1): ${what}.`
  return { currency: 'USD', amount: Math.ceil(amount * 10_000) / 10_000, basis }
}
