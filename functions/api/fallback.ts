import { serve } from '#functions/edge/route.ts'

/** Requests that no route takes: 404, or 405 naming the methods that the path has. */
export const handler = serve([])
