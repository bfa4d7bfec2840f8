/** Names the server owns on every record; a field may not take them and a body may not set them. */
export const serverFields = [
  'id',
  'object',
  'version',
  'createdAt',
  'createdBy',
  'updatedAt',
  'updatedBy',
  'deletedAt',
  'quality',
] as const
