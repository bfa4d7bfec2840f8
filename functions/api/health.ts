import { ok } from '#functions/edge/answers.ts'
import { onPublic } from '#functions/edge/public-endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { CheckHealth } from '#schemas/api/open.ts'
import { apiVersion } from '#schemas/api/version.ts'

export const handler = serve([onPublic(CheckHealth, async () => ok({ status: 'ok', version: apiVersion }))])
