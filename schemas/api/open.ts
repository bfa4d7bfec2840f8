import * as z from 'zod'
import { defineContract, noBody, noParameters } from '#schemas/api/contract.ts'

/** What anybody may ask, without a token. */

export const CheckHealth = defineContract({
  operationId: 'checkHealth',
  path: noParameters,
  query: noParameters,
  body: noBody,
})

export const ReadOpenApi = defineContract({
  operationId: 'readOpenApi',
  path: noParameters,
  query: noParameters,
  body: noBody,
})

export const ReadDocs = defineContract({
  operationId: 'readDocs',
  path: noParameters,
  query: noParameters,
  body: noBody,
})

export const ReadDocsAsset = defineContract({
  operationId: 'readDocsAsset',
  path: z.object({ file: z.string() }),
  query: noParameters,
  body: noBody,
})
