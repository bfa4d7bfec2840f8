/** What each outcome says to a person; no values, since not everybody may see them. */
const sentences: Record<string, Record<string, string>> = {
  personName: {
    exact: 'The names are the same.',
    order: 'The names are the same in another word order.',
    sound: 'The names sound the same (homophones or pinyin).',
    near: 'The names differ by a slip or two.',
    part: 'One name is a part or a short form of the other.',
    title: 'The family name fits; one record has only a title with it.',
    family: 'Only the family name is the same.',
    different: 'The names differ.',
  },
  companyName: {
    exact: 'The company names are the same apart from legal form and place.',
    region: 'The company names are the same, but they name different places.',
    short: 'One company name is the short form of the other.',
    near: 'The company names differ by a slip or two.',
    part: 'The company names share a part.',
    different: 'The company names differ.',
  },
  employer: {
    exact: 'They work for the same company.',
    region: 'Their companies have the same name in different places.',
    short: 'One company name is the short form of the other.',
    near: 'Their company names differ by a slip or two.',
    part: 'Their company names share a part.',
    different: 'They work for different companies.',
  },
  email: {
    exact: 'An e-mail address is the same.',
    name: 'An e-mail address has the same name at another domain.',
    near: 'E-mail addresses differ by a slip.',
    desk: 'They share a mailbox such as info@, which many may use.',
    domain: 'Their e-mail addresses are of the same company.',
    different: 'The e-mail addresses differ.',
  },
  mobile: phoneSentences('mobile number'),
  desk: phoneSentences('fixed line'),
  phone: phoneSentences('phone number'),
  handle: { exact: 'A messenger account is the same.', different: 'The messenger accounts differ.' },
  street: {
    exact: 'The street addresses are the same.',
    near: 'The street addresses are nearly the same.',
    number: 'The street addresses share street and some numbers.',
    street: 'They are in the same street at other numbers.',
    different: 'The street addresses differ.',
  },
  area: {
    exact: 'City and postal code are the same.',
    near: 'City or postal code is the same or nearly so.',
    province: 'They are in the same province.',
    different: 'They are in different places.',
  },
  date: {
    same: 'The dates are the same.',
    slip: 'The dates differ by one slip.',
    part: 'Two of year, month and day are the same.',
    different: 'The dates differ.',
  },
  code: { exact: 'The tax id is the same.', near: 'The tax ids differ by one slip.', different: 'The tax ids differ.' },
  role: { same: 'The job titles are the same.', different: 'The job titles differ.' },
  website: { exact: 'The website is the same.', different: 'The websites differ.' },
}

/** One sentence about an outcome of a comparison. */
export function sentenceOf(comparison: string, level: string): string {
  return sentences[comparison]?.[level] ?? `${comparison}: ${level}.`
}

function phoneSentences(what: string): Record<string, string> {
  return {
    exact: `A ${what} is the same.`,
    near: `A ${what} differs by one slip.`,
    different: `No ${what} is the same.`,
  }
}
