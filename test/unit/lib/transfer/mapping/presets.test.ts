import { describe, expect, it } from 'vitest'
import { typeIds } from '#lib/runtime/ids.ts'
import { checkMapping, type Mapping, proposeMapping } from '#lib/transfer/mapping/propose-mapping.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'

describe('an export', () => {
  it.each<[string, ObjectDefinition, string, Mapping]>([
    [
      'zoho',
      contact,
      'Record Id,Contact Owner.id,Contact Owner,First Name,Last Name,Account Name.id,Account Name,Email,Phone,Mobile,Mailing Street,Mailing City,Mailing State,Mailing Zip,Mailing Country,Created Time,Tag,Secondary Email,Lead Source,Email Opt Out',
      {
        'Record Id': 'externalIds.zoho',
        'Contact Owner': 'ownerId',
        'Contact Owner.id': '',
        'First Name': 'name.first',
        'Last Name': 'name.last',
        'Account Name': 'companyName',
        'Account Name.id': 'customerId',
        Phone: 'phones.work',
        Mobile: 'phones.mobile',
        'Mailing Zip': 'address.postalCode',
        'Secondary Email': 'emails.other',
        'Created Time': '',
        'Email Opt Out': '',
      },
    ],
    [
      'zoho',
      contact,
      '联系人所有者,名,姓,账户名称,邮件,电话,手机,邮寄街道,邮寄城市,线索来源,邮件选择退出',
      {
        联系人所有者: 'ownerId',
        名: 'name.first',
        姓: 'name.last',
        账户名称: 'companyName',
        邮件: 'emails',
        邮寄街道: 'address.street',
        线索来源: 'source',
        邮件选择退出: '',
      },
    ],
    [
      'zoho',
      customer,
      'Record Id,Account Owner,Account Name,Phone,Website,Industry,Billing Street,Billing City,Rating',
      { 'Record Id': 'externalIds.zoho', 'Account Name': 'name', 'Billing Street': 'address.street', Rating: '' },
    ],
    [
      'salesforce',
      contact,
      'Id,IsDeleted,AccountId,LastName,FirstName,Name,MailingStreet,MailingPostalCode,Phone,MobilePhone,Email,Birthdate,OwnerId,CreatedDate,SystemModstamp',
      {
        Id: 'externalIds.salesforce',
        AccountId: 'customerId',
        LastName: 'name.last',
        FirstName: 'name.first',
        Name: '',
        MailingPostalCode: 'address.postalCode',
        Birthdate: 'birthday',
        OwnerId: '',
        SystemModstamp: '',
      },
    ],
    [
      'salesforce',
      customer,
      'Account ID,Account Name,Billing State/Province,Billing Zip/Postal Code,Phone,Account Owner,Last Activity',
      {
        'Account ID': 'externalIds.salesforce',
        'Account Name': 'name',
        'Billing State/Province': 'address.province',
        'Account Owner': 'ownerId',
        'Last Activity': 'lastContactedAt',
      },
    ],
    [
      'hubspot',
      contact,
      'Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Associated Company,Associated Company IDs,Lead Status,Create Date,Job Title',
      {
        'Record ID': 'externalIds.hubspot',
        'First Name': 'name.first',
        'Contact owner': 'ownerId',
        'Associated Company': 'companyName',
        'Associated Company IDs': 'customerId',
        'Lead Status': '',
        'Create Date': '',
      },
    ],
    [
      'hubspot',
      customer,
      'Record ID,Company name,Company Domain Name,Company owner,Create Date,Phone Number,Country/Region,Lifecycle Stage',
      {
        'Record ID': 'externalIds.hubspot',
        'Company name': 'name',
        'Company Domain Name': 'website',
        'Country/Region': 'address.country',
        'Lifecycle Stage': 'lifecycleStage',
      },
    ],
    [
      'fxiaoke',
      customer,
      '客户名称,客户编号,客户级别,负责人,负责人主属部门,成交状态,1级行业,客户来源,省,市,区,详细地址,电话,传真,网址,邮件,创建时间,最后跟进时间,生命状态,锁定状态',
      {
        客户名称: 'name',
        客户编号: 'externalIds.fxiaoke',
        客户级别: 'tier',
        负责人: 'ownerId',
        负责人主属部门: '',
        '1级行业': 'industry',
        详细地址: 'address.street',
        传真: 'phones.fax',
        最后跟进时间: 'lastContactedAt',
        生命状态: '',
      },
    ],
    [
      'fxiaoke',
      contact,
      '姓名,客户名称,职务,手机1,电话1,邮件,负责人,负责人主属部门,生命状态,锁定状态',
      { 姓名: 'name', 客户名称: 'companyName', 手机1: 'phones.mobile', 电话1: 'phones.work', 锁定状态: '' },
    ],
  ])('of %s is known by its headers', (preset, object, header, mapping) => {
    const proposed = proposeMapping(object, header.split(','))
    expect(proposed.preset).toBe(preset)
    expect(proposed.mapping).toMatchObject(mapping)
    expect(() => checkMapping(object, header.split(','), proposed.mapping)).not.toThrow()
  })

  it('of no program we know has no preset', () => {
    expect(proposeMapping(contact, ['name', 'email', 'owner', 'company'])).not.toHaveProperty('preset')
  })
})

describe('an export of our own', () => {
  it('has paths for headers, so every column goes back where it came from; what the server sets is left out', () => {
    const header =
      'id,name,emails,phones,phones.mobile,address.country,address.street,externalIds.erp,tags,ownerId,version,createdAt,updatedBy'
    const id = typeIds.next('cust')
    const sample = [1, 2, 3].map(row => ({ row, line: row + 1, cells: [id] }))
    const { mapping, preset } = proposeMapping(customer, header.split(','), sample)
    const isServers = (name: string) => ['id', 'version', 'createdAt', 'updatedBy'].includes(name)
    expect(mapping).toEqual(Object.fromEntries(header.split(',').map(name => [name, isServers(name) ? '' : name])))
    expect(preset).toBeUndefined()
  })
})
