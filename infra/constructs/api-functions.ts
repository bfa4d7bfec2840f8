import type { Construct } from 'constructs'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import type { House } from '#infra/constructs/house.ts'
import type { DataStack } from '#infra/stacks/data.ts'

/** The functions behind the routes, by their entry (the fallback answers what no route does). */
export function apiFunctions(scope: Construct, { house, data }: { house: House; data: DataStack }) {
  const { records, search, signIn } = data
  return {
    'api/records': new CrmFunction(scope, 'Records', {
      house,
      entry: 'api/records',
      description: 'Creates, reads, finds, changes and removes records of every object',
      errorImpact: 'Nobody can read or change customers, contacts and activities.',
      uses: [records.readWrite, signIn.verify],
      memoryMb: 1024,
    }),
    'api/search': new CrmFunction(scope, 'SearchRecords', {
      house,
      entry: 'api/search',
      description: 'Finds records by name, e-mail address and phone number',
      errorImpact: 'Nobody can search for a customer or contact.',
      uses: [records.read, search.find, signIn.verify],
    }),
    'api/me': new CrmFunction(scope, 'Me', {
      house,
      entry: 'api/me',
      description: 'Tells who is signed in, what they may do, and which objects and fields there are',
      errorImpact: 'Clients cannot find out who is signed in and which fields to show, so screens stay empty.',
      uses: [records.read, signIn.verify],
    }),
    'api/docs': new CrmFunction(scope, 'Docs', {
      house,
      entry: 'api/docs',
      description: 'Serves the OpenAPI document and its page',
      errorImpact: 'Developers cannot read the API documentation or generate clients from it.',
      uses: [],
    }),
    'api/health': new CrmFunction(scope, 'Health', {
      house,
      entry: 'api/health',
      description: 'Answers that the API is up, and its version',
      errorImpact: 'Monitoring reports the CRM as down although it may work.',
      uses: [],
    }),
    fallback: new CrmFunction(scope, 'Fallback', {
      house,
      entry: 'api/fallback',
      description: 'Answers calls of unknown paths and methods with a problem document',
      errorImpact: 'Clients that call a wrong path get an error that does not say what is wrong.',
      uses: [],
    }),
  }
}
