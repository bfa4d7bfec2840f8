import type { Actor } from '#lib/permissions/actor.ts'
import type { Who } from '#lib/permissions/load-actor.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

/** Session of a token: its id, and when it was given out. */
export type Session = { id?: string | undefined; startedAt?: string | undefined }

/** Who sent a request, as far as it is known: a token can be true while its holder has left. */
export type Caller = { who: Who; session: Session; actor?: Actor | undefined }

type Identity = AccessRecord['userIdentity']

/** Who sent a request, in CloudTrail's words. */
export function identityOf(caller: Caller | undefined, tenant: string): Identity {
  if (!caller) return { type: 'Unknown' }
  const { who, actor } = caller
  const principalId = actor?.id ?? ('userId' in who ? who.userId : who.clientId)
  return {
    type: 'userId' in who ? 'User' : 'Application',
    principalId,
    accountId: tenant,
    ...(actor && { userName: actor.name }),
    sessionContext: sessionOf(caller),
  }
}

/** The product itself at work, for somebody where a person asked for it. */
export function serviceIdentity(service: string, forUserId?: string): Identity {
  if (forUserId === undefined) return { type: 'AWSService', principalId: 'system', invokedBy: service }
  return { type: 'User', principalId: forUserId, invokedBy: service }
}

function sessionOf({ actor, session }: Caller): Identity['sessionContext'] {
  const { id, startedAt } = session
  return {
    ...(actor && { sessionIssuer: { type: 'Role', principalId: actor.roleId, userName: actor.role.name } }),
    attributes: {
      ...(startedAt !== undefined && { creationDate: startedAt }),
      ...(id !== undefined && { sessionId: id }),
    },
  }
}
