/** What was measured; milliseconds. */
export type BackupSpeed = { items: number; scanMs: number; exportMs: number; importMs: number }

/** What was measured of whole runs; milliseconds. */
export type RunSpeed = { items: number; scanMs: number; backupMs: number; rtoMs: number; differences: number }

/** One figure, and whether it is reached. */
export type SpeedVerdict = { text: string; isReached: boolean }

/** The issue's: a backup takes 1.3 times a raw scan at the most, and a restore of the full size two minutes. */
export const backupLimits = { scanRatio: 1.3, importMs: 120_000 }

/** Holds what was measured to the figures. */
export function judgeBackup(
  { items, scanMs, exportMs, importMs }: BackupSpeed,
  limits: typeof backupLimits,
): SpeedVerdict[] {
  const ratio = exportMs / scanMs
  const rate = (ms: number) => `${Math.round((items / ms) * 1000)} items/s`
  return [
    {
      text: `export ${seconds(exportMs)} (${rate(exportMs)}), ${ratio.toFixed(2)} of the raw scan's ${seconds(scanMs)} (at most ${limits.scanRatio})`,
      isReached: ratio <= limits.scanRatio,
    },
    {
      text: `import ${seconds(importMs)} (${rate(importMs)}; at most ${seconds(limits.importMs)})`,
      isReached: importMs <= limits.importMs,
    },
  ]
}

/** Holds a whole backup and a restore drill to them. */
export function judgeRuns(
  { items, scanMs, backupMs, rtoMs, differences }: RunSpeed,
  limits: typeof backupLimits,
): SpeedVerdict[] {
  const ratio = backupMs / scanMs
  return [
    {
      text: `backup ${seconds(backupMs)} for ${items} items, ${ratio.toFixed(2)} of the raw scan's ${seconds(scanMs)} (at most ${limits.scanRatio})`,
      isReached: ratio <= limits.scanRatio,
    },
    {
      text: `restored in ${seconds(rtoMs)} (RTO; at most ${seconds(limits.importMs)})`,
      isReached: rtoMs <= limits.importMs,
    },
    {
      text: `${differences} differences between the restored table and the live one (0)`,
      isReached: differences === 0,
    },
  ]
}

/** Milliseconds as people read them. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}
