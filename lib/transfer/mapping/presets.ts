import { headerKey } from '#lib/transfer/mapping/header-words.ts'

/** Programs whose exports are known by their headers. */
export type PresetName = 'zoho' | 'fxiaoke' | 'salesforce' | 'hubspot'

/** An export's signs: it is this program's when all headers of one line are there. `places`: what is particular to it; the rest is found as in any file. */
type Preset = { name: PresetName; signs: string[]; places: Record<string, string> }

/** Compared without case, so the signs of one must not be all there in an export of another: HubSpot's `Record ID` and Zoho's `Record Id` are one. */
const presets: Preset[] = [
  {
    name: 'salesforce',
    signs: [
      'Id,IsDeleted,SystemModstamp',
      'Id,OwnerId,CreatedById',
      'Id,AccountId,LastName',
      'Account Name,Mailing State/Province',
      'Account Name,Billing State/Province',
      'Account Name,Mailing Zip/Postal Code',
      'Account Name,Billing Zip/Postal Code',
    ],
    places: {
      AccountId: 'contact:customerId',
      'Account ID': 'contact:customerId',
      OwnerId: '',
      Type: '',
      Rating: '',
      LastActivityDate: 'lastContactedAt',
    },
  },
  {
    name: 'hubspot',
    signs: [
      'Record ID,Contact owner,Create Date',
      'Record ID,Company owner,Create Date',
      'Record ID,Lifecycle Stage',
      'Record ID,Lead Status',
      'Company Domain Name,Company owner',
      'Contact owner,Associated Company',
      'Contact owner,Lifecycle Stage,Lead Status',
      '记录 ID,联系人所有者,生命周期阶段',
      '记录 ID,公司所有者',
    ],
    places: {
      'Associated Company IDs': 'contact:customerId',
      'Primary Associated Company ID': 'contact:customerId',
      名字: 'contact:name.first',
      'Lead Status': '',
      Type: '',
    },
  },
  {
    name: 'zoho',
    signs: [
      'Record Id,Contact Owner,Account Name',
      'Record Id,Account Owner,Account Name',
      'Record Id,Lead Owner,Company',
      'Record Id,Created Time,Modified Time',
      'Contact Owner,Account Name,Mailing Street',
      'Account Owner,Account Name,Billing Street',
      'Contact Owner,Email Opt Out',
      'Contact Id,Contact Owner,Account Name',
      '联系人所有者,账户名称',
      '联系人所有者,邮寄街道',
      '联系人所有者,邮件选择退出',
      '客户所有者,开单街道',
      '记录 ID,线索所有者',
    ],
    places: {
      'Account Name.id': 'contact:customerId',
      'Contact Owner.id': '',
      'Account Owner.id': '',
      'Lead Owner.id': '',
      'Email Opt Out': '',
      Rating: '',
      'Account Type': '',
    },
  },
  {
    name: 'fxiaoke',
    signs: [
      '生命状态,锁定状态',
      '负责人,负责人主属部门',
      '生命状态,负责人主属部门',
      '客户名称,成交状态,客户级别',
      '客户名称,归属部门,业务类型',
      '姓名,客户名称,业务类型,相关团队',
    ],
    places: {
      邮件: 'emails',
      主属部门: '',
      归属部门: '',
      生命状态: '',
      锁定状态: '',
      业务类型: '',
      成交状态: '',
      负责人主属部门: '',
    },
  },
]

/** The program that a file's headers give away, with the places that are particular to it, by `headerKey`; undefined when it is none we know. */
export function detectPreset(
  object: string,
  header: readonly string[],
): { name: PresetName; places: Map<string, string> } | undefined {
  const keys = new Set(header.map(headerKey))
  const preset = presets.find(({ signs }) =>
    signs.some(sign => sign.split(',').every(name => keys.has(headerKey(name)))),
  )
  if (!preset) return undefined
  const places = new Map<string, string>()
  for (const [header, place] of Object.entries(preset.places)) {
    const [bound, path] = place.includes(':') ? place.split(':') : [object, place]
    const key = headerKey(header)
    if (bound === object && path !== undefined) places.set(key, path)
  }
  return { name: preset.name, places }
}
