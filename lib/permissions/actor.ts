import type { fieldAccesses, scopes, verbs } from '#schemas/system/role.ts'

/** What can be done to a record. */
export type Verb = (typeof verbs)[number]
/** How far a role reaches. */
export type Scope = (typeof scopes)[number]
/** What may be done with a field. */
export type FieldAccess = (typeof fieldAccesses)[number]

/** A role in the form in which rules read it. */
export type RoleRules = {
  name: string
  /** Scope per `object` and verb; an object that is not listed is out of reach. `*` stands for every object. */
  scopes: ReadonlyMap<string, Readonly<Record<Verb, Scope>>>
  /** Access per `object.field`; a field that is not listed is editable. */
  fields: ReadonlyMap<string, FieldAccess>
}

/** Who is asking. */
export type Actor = {
  id: string
  name: string
  email: string
  teamId: string | undefined
  roleId: string
  role: RoleRules
}
