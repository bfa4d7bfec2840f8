import { changeJob } from '#lib/jobs/job-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { JsonObject } from '#schemas/json.ts'
import { backup } from '#schemas/system/backup.ts'

/** Sets what is known of a backup; one whose time is over stays as it is, and so does one that says all that already. */
export async function changeBackup(ctx: Context, id: string, change: JsonObject): Promise<void> {
  await changeJob(ctx, { object: backup, id }, ({ fields }) => {
    const isSet = Object.entries(change).every(
      ([name, value]) => JSON.stringify(fields[name] ?? null) === JSON.stringify(value),
    )
    return isSet || fields['state'] === 'expired' ? undefined : change
  })
}
