/** Where a customer or contact came from: the same choices on both, so that reports add up. */
export const sourceOptions = [
  { value: 'website', label: { en: 'Website', zh: '官网表单' } },
  { value: 'phone', label: { en: 'Phone call', zh: '电话' } },
  { value: 'referral', label: { en: 'Referral', zh: '转介绍' } },
  { value: 'exhibition', label: { en: 'Exhibition', zh: '展会' } },
  { value: 'fieldSales', label: { en: 'Field sales', zh: '地推' } },
  { value: 'advertising', label: { en: 'Advertising', zh: '广告' } },
  { value: 'socialMedia', label: { en: 'Social media', zh: '社交媒体' } },
  { value: 'partner', label: { en: 'Partner', zh: '合作伙伴' } },
  { value: 'legacyImport', label: { en: 'Legacy system import', zh: '旧系统导入' } },
  { value: 'other', label: { en: 'Other', zh: '其他' } },
]
