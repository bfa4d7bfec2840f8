import * as z from 'zod'
import { defineContract, noBody, noParameters } from '#schemas/api/contract.ts'

/** Encodings of a CSV file: with a byte order mark Excel reads UTF-8, without one it takes Chinese text for GB18030. */
export const exportEncodings = ['utf-8', 'utf-8-bom', 'gb18030'] as const

export const CreateExport = defineContract({
  operationId: 'createExport',
  path: noParameters,
  query: noParameters,
  body: z.strictObject({
    object: z
      .string()
      .min(1)
      .max(40)
      .meta({ description: 'Plural or name of the object.', examples: ['contacts'] }),
    filter: z
      .string()
      .min(1)
      .max(4096)
      .meta({ description: 'Condition in CEL over `record`, as in lists.', examples: ['record.tier == "A"'] })
      .optional(),
    fields: z
      .array(z.string().min(1).max(40))
      .min(1)
      .max(100)
      .meta({ description: 'Fields to write, in this order; all that the caller may see unless told.' })
      .optional(),
    format: z.enum(['csv', 'ndjson']).default('csv').meta({ description: 'CSV, or a JSON object a line.' }),
    encoding: z
      .enum(exportEncodings)
      .default('utf-8')
      .meta({ description: 'Encoding of a CSV file; JSON lines are always UTF-8.' }),
  }),
})

export const GetExport = defineContract({
  operationId: 'getExport',
  path: z.object({ id: z.string() }),
  query: noParameters,
  body: noBody,
})
