import * as z from 'zod'
import { defineContract, noBody, noParameters } from '#schemas/api/contract.ts'
import { limit, names } from '#schemas/api/parameters.ts'

export const Search = defineContract({
  operationId: 'search',
  path: noParameters,
  query: z.strictObject({
    q: z
      .string()
      .trim()
      .min(1, 'must say what to look for')
      .max(200, 'must be 200 characters at most')
      .meta({
        description:
          'Name (any word, or part of a Chinese one), its pinyin or initials, e-mail, or the first three or last four digits of a phone and more.',
        examples: ['evergreen', '华星', 'huaxing'],
      }),
    objects: names('Objects to look in, separated by commas, such as `customers,contacts`; all unless told.'),
    limit: limit(20),
  }),
  body: noBody,
})
