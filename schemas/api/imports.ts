import * as z from 'zod'
import { defineContract, emptyBody, noBody, noParameters } from '#schemas/api/contract.ts'
import { cursor, limit } from '#schemas/api/parameters.ts'
import { duplicatePolicies } from '#schemas/system/import.ts'

const jobPath = z.object({ id: z.string() })

const encoding = z
  .enum(['utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'big5'])
  .meta({ description: 'Encoding of the file; detected unless told.' })
  .optional()
const delimiter = z
  .enum([',', ';', '\t', '|'])
  .meta({ description: 'What separates cells; detected unless told.' })
  .optional()
const object = z
  .string()
  .min(1)
  .max(40)
  .meta({
    description: 'Plural or name of the object that the rows become.',
    examples: ['contacts'],
  })
const system = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,40}$/, 'must be letters, digits, dots, hyphens and underscores, 40 at most')
  .meta({ description: 'Name of the system the file comes from: external ids without a system are ids there.' })
  .optional()

export const CreateImport = defineContract({
  operationId: 'createImport',
  path: noParameters,
  query: noParameters,
  body: z
    .strictObject({
      fileName: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .meta({ description: 'What the file is called, for people.' })
        .optional(),
      object: object.optional(),
      fileOf: z
        .string()
        .meta({ description: 'Id of an earlier import, such as a dry run: its file is used again, and none is sent.' })
        .optional(),
    })
    .optional(),
})

export const InspectImport = defineContract({
  operationId: 'inspectImport',
  path: jobPath,
  query: noParameters,
  body: z.strictObject({ object: object.optional(), system, encoding, delimiter }).optional(),
})

export const StartImport = defineContract({
  operationId: 'startImport',
  path: jobPath,
  query: noParameters,
  body: z.strictObject({
    object,
    mapping: z
      .record(z.string(), z.string().max(100))
      .meta({
        description:
          'Column to field: `name`, `emails`, `phones.mobile`, `address.city`, `externalIds.erp`; empty text leaves the ' +
          'column out. Proposed from the header unless told.',
        examples: [{ 姓名: 'name', 手机: 'phones.mobile', 备注: '' }],
      })
      .optional(),
    onDuplicate: z
      .enum(duplicatePolicies)
      .default('skip')
      .meta({ description: 'What happens to a row whose record exists: left out, merged into it, or created anyway.' }),
    dryRun: z
      .boolean()
      .default(false)
      .meta({ description: 'Work everything out, with the same counts and report, and write nothing.' }),
    system,
    encoding,
    delimiter,
  }),
})

export const GetImport = defineContract({
  operationId: 'getImport',
  path: jobPath,
  query: noParameters,
  body: noBody,
})

export const CancelImport = defineContract({
  operationId: 'cancelImport',
  path: jobPath,
  query: noParameters,
  body: emptyBody,
})

export const ReadImportRejects = defineContract({
  operationId: 'readImportRejects',
  path: jobPath,
  query: noParameters,
  body: noBody,
})

export const UndoImport = defineContract({
  operationId: 'undoImport',
  path: jobPath,
  query: noParameters,
  body: emptyBody,
})

export const ReadImportConflicts = defineContract({
  operationId: 'readImportConflicts',
  path: jobPath,
  query: z.strictObject({ limit: limit(50), cursor }),
  body: noBody,
})
