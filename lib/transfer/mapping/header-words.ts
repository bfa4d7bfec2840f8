import { fold, squeeze } from '#lib/normalize/text.ts'

/** What a header says, to be compared: no case, spaces, punctuation, full width or traditional characters; marks of required fields dropped. */
export function headerKey(header: string): string {
  return squeeze(fold(header.replace(/[(（[【](必填|required|选填|可选|optional|系统)[)）\]】]/giu, '')))
}

/**
 * Places and the headers that mean them, in English and Chinese, most telling place first. `customer:` and the like bind a line to an object;
 * an empty place is data that the server keeps itself. Headers are compared by `headerKey`, with and without a number at the end.
 */
const lines: [string, string][] = [
  ['contact:name', 'name,full name,contact,contact name,person|姓名 联系人 联系人姓名 联系人名称 名字 客户姓名'],
  ['name.first', 'first name,given name,forename|名'],
  ['name.last', 'last name,surname,family name|姓 姓氏'],
  [
    'customer:name',
    'company,company name,account,account name,customer,customer name,organization,organization name,organisation,business name,associated company|公司 公司名称 公司名 公司全称 企业 企业名称 客户 客户名 客户名称 客户全称 单位 单位名称 账户名称 帐户名称 店铺名称 门店名称',
  ],
  [
    'companyName',
    'company,company name,account,account name,organization,organization name,organisation,employer,associated company,primary associated company|公司 公司名称 公司名 公司全称 企业 企业名称 客户名 客户名称 单位 单位名称 工作单位 所属公司 账户名称 帐户名称',
  ],
  ['contact:customerId', 'account id,company id,customer id,associated company id|客户id 公司id 所属客户 关联客户'],
  ['title', 'title,job title,position,role|职务 职位 岗位 职称 头衔'],
  [
    'emails',
    'email,e-mail,mail,email address,e-mail address,primary email|邮箱 邮件 电子邮件 电子邮箱 邮箱地址 电邮 邮件地址',
  ],
  ['emails.work', 'work email,business email|工作邮箱 公司邮箱 企业邮箱'],
  ['emails.personal', 'personal email,home email|个人邮箱 私人邮箱'],
  [
    'emails.other',
    'secondary email,other email,additional email addresses,alternate email|第二电子邮箱 备用邮箱 其他邮箱 其它邮箱',
  ],
  [
    'phones.mobile',
    'mobile,mobile phone,mobile number,mobile phone number,cell,cell phone,cellphone,handphone|手机 手机号 手机号码 移动电话 行动电话',
  ],
  ['phones', 'phone,phone number,tel,telephone,contact number,main phone|电话 联系电话 联系方式 电话号码 联络电话'],
  [
    'phones.work',
    'work phone,business phone,office phone,company phone,landline|座机 固定电话 固话 办公电话 公司电话 单位电话 工作电话 座机号码 总机',
  ],
  ['phones.home', 'home phone|家庭电话 住宅电话 家庭座机'],
  ['phones.fax', 'fax,fax number|传真 传真号'],
  ['phones.other', 'other phone,alternate phone|其他电话 其它电话 备用电话 备用手机'],
  ['handles.wechat', 'wechat,wechat id,weixin,wx|微信 微信号 微信id 微信账号'],
  ['handles.wecom', 'wecom,wework|企业微信 企微'],
  ['handles.qq', 'qq,qq number|qq号 qq号码'],
  ['handles.dingtalk', 'dingtalk|钉钉 钉钉号'],
  ['handles.feishu', 'feishu,lark|飞书'],
  ['handles.whatsapp', 'whatsapp,whatsapp phone number|'],
  ['handles.line', 'line id,line account|'],
  ['handles.telegram', 'telegram|'],
  ['handles.linkedin', 'linkedin,linkedin url,linkedin profile,linkedin bio|领英'],
  ['handles.x', 'twitter,twitter username,twitter handle,x handle|推特'],
  [
    'address.country',
    'country,country/region,country code,mailing country,billing country,mailing state country|国家 国家/地区 邮寄国家 开单国家',
  ],
  [
    'address.province',
    'province,state,region,state/region,state/province,mailing state,mailing state/province,billing state,billing state/province,billing province|省 省份 省/直辖市 所在省份 所在省 邮寄州 邮寄省 开单州',
  ],
  ['address.city', 'city,town,mailing city,billing city|市 城市 地级市 所在城市 所在市 邮寄城市 开单城市'],
  ['address.district', 'district,county|区 县 区县 区/县 县区 所在区县'],
  [
    'address.street',
    'address,street,street address,full address,address line 1,mailing street,mailing address,mailing address line 1,billing street,billing address,billing address line 1|地址 详细地址 联系地址 通讯地址 公司地址 办公地址 街道 街道地址 邮寄街道 开单街道 注册地址',
  ],
  [
    'address.postalCode',
    'postal code,post code,zip,zip code,postcode,zip/postal code,mailing zip,mailing code,mailing postal code,mailing zip/postal code,billing zip,billing code,billing postal code,billing zip/postal code|邮编 邮政编码 邮寄邮编 邮递区号 开单邮编',
  ],
  [
    'ownerId',
    'owner,owner email,owner name,contact owner,account owner,company owner,lead owner,customer owner,record owner,sales rep,salesperson,sales,assigned to|负责人 销售 销售员 销售代表 业务员 所有者 客户经理 跟进人 归属人 所属销售 联系人所有者 客户所有者 账户所有者 线索所有者 公司所有者 负责人邮箱',
  ],
  ['assigneeId', 'owner,assignee,assigned to,task owner|负责人 执行人 跟进人'],
  ['tags', 'tags,tag,labels,label|标签 客户标签 联系人标签'],
  [
    'source',
    'source,lead source,original source,account source,contact source,channel|来源 客户来源 线索来源 来源渠道 渠道 获客渠道 获客方式 数据来源',
  ],
  ['industry', 'industry|行业 所属行业 客户行业 1级行业 一级行业 行业类型'],
  ['lifecycleStage', 'lifecycle stage,stage,lifecycle|生命周期阶段 客户阶段 阶段 客户状态'],
  ['tier', 'tier,grade,level,rating,customer level|客户级别 客户等级 级别 等级 评级 客户分级'],
  ['priority', 'priority|优先级 重要程度'],
  ['kind', 'kind,type,account type,customer type|类型 客户类型 客户性质'],
  [
    'website',
    'website,web site,url,web,homepage,company domain name,domain,website url|网站 网址 公司网址 官网 主页 公司网站 域名',
  ],
  ['taxId', 'tax id,tax number,vat,vat number,vat id,uscc|税号 统一社会信用代码 信用代码 纳税人识别号 社会信用代码'],
  ['birthday', 'birthday,birthdate,date of birth,dob|生日 出生日期 出生年月日'],
  [
    'lastContactedAt',
    'last contacted,last activity,last activity date,last activity time,last contact date|最近联系时间 最后联系时间 最后跟进时间 最近跟进时间 最后跟进日期 最近跟进',
  ],
  ['consent.email', 'email consent,marketing consent|邮件授权 同意接收邮件'],
  ['consent.sms', 'sms consent|短信授权 同意接收短信'],
  ['externalIds', 'id,record id,recid,external id,uid,legacy id|编号 记录id 数据id 唯一标识 唯一性id 系统编号'],
  ['contact:externalIds', 'contact id,contact id 18|联系人id 联系人编号'],
  [
    'customer:externalIds',
    'account id,account id 18,company id,customer id,customer no,customer number|客户id 客户编号 客户编码 公司id',
  ],
  ['body', 'body,notes,note,description,comments,content|备注 内容 描述 说明'],
  ['notes', 'notes,note,description,remark,remarks,comments|备注 描述 说明'],
  ['description', 'description,notes,remark,remarks|描述 备注 说明'],
  ['occurredAt', 'date,time,occurred at,start|时间 日期 发生时间 开始时间 跟进时间'],
  ['subject', 'subject,title,topic|主题 标题'],
  [
    '',
    'created,created at,created time,created date,create date,createdon,creation date,created by,created by id,updated at,modified at,modified time,modified by,last modified,last modified date,last modified by,last modified by id,last modified time,last modified by alias,system modstamp,is deleted,master record id|创建时间 创建日期 创建人 创建者 修改时间 修改人 修改者 更新时间 最后修改时间 最后修改人 最后更新时间',
  ],
]

const places = readLines()

/** The places that a header may mean on an object, the surest first; '' for data the server keeps itself. */
export function placesFor(object: string, header: string): string[] {
  const key = headerKey(header)
  const found = places.get(key) ?? places.get(key.replace(/\d{1,2}$/, '')) ?? []
  return found.flatMap(place => {
    const [bound, path] = place.includes(':') ? place.split(':') : [object, place]
    return bound === object && path !== undefined ? [path] : []
  })
}

function readLines(): Map<string, string[]> {
  const map = new Map<string, string[]>()
  for (const [place, words] of lines) {
    const [english = '', chinese = ''] = words.split('|')
    for (const word of [...english.split(','), ...chinese.split(' ')]) {
      const key = headerKey(word)
      if (key !== '') map.set(key, [...(map.get(key) ?? []), place])
    }
  }
  return map
}
