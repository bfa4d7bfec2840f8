import * as z from 'zod'

/** The one way in which evidence is signed: RSA with PKCS #1 v1.5 padding over SHA-256, what CloudTrail calls SHA256withRSA. */
export const signingAlgorithm = 'RSASSA_PKCS1_V1_5_SHA_256'

/** A signature over the exact bytes of a file. */
export const signature = z.strictObject({
  algorithm: z.literal(signingAlgorithm),
  /** ARN of the KMS key. */
  key: z.string(),
  /** SHA-256 of the bytes, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** In base64. */
  value: z.string(),
})

/** A signature over the exact bytes of a file. */
export type Signature = z.infer<typeof signature>
