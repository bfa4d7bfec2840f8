import * as z from 'zod'

/** Which export, and for whom. */
export const jobInput = z.object({ exportId: z.string(), actorId: z.string() })
