import { derivedId } from '#lib/runtime/ids.ts'
import { setting } from '#schemas/system/setting.ts'

/** The one record that holds a tenant's policy: its id is the same everywhere, so it needs no looking for. */
export const settingId = derivedId(setting.prefix, { at: new Date(0), seed: 'tenant policy' })
