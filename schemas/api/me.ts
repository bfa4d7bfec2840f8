import * as z from 'zod'
import { defineContract, noBody, noParameters } from '#schemas/api/contract.ts'

export const WhoAmI = defineContract({
  operationId: 'whoAmI',
  path: noParameters,
  query: noParameters,
  body: noBody,
})

export const ListObjects = defineContract({
  operationId: 'listObjects',
  path: noParameters,
  query: noParameters,
  body: noBody,
})

export const ReadObject = defineContract({
  operationId: 'readObject',
  path: z.object({ name: z.string() }),
  query: noParameters,
  body: noBody,
})
