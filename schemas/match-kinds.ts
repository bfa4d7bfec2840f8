/** What a duplicate or look-up key is made of. */
export const matchKinds = [
  'email',
  /** The part of an e-mail address before the @: a key for persons whose name is in letters. */
  'mailName',
  'phone',
  'taxId',
  'domain',
  /** Name of a company or of anything else. */
  'name',
  /** Name of a person. */
  'person',
  'handle',
  'externalId',
  'date',
  'address',
  /** Address of a person: a key together with the name. */
  'place',
  /** Where a person works, as typed: a key together with the name, since colleagues share it. */
  'employer',
  /** What a person's work is: compared, but no key. */
  'role',
] as const
