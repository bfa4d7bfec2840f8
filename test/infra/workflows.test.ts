import aslValidator from 'asl-validator'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkMachine } from '#infra/local/engines/stepfunctions/check-machine.ts'
import { innerMachines, type Machine, parseMachine, type State } from '#infra/local/engines/stepfunctions/machine.ts'
import { canRun } from '#infra/local/engines/stepfunctions/tasks.ts'
import { ofType, type Properties, type Resources, synthesizeTenants } from './support/synthesized.ts'

let acme: Resources
let all: Resources
const names = [
  'import',
  'undo-import',
  'export',
  'cleanup',
  'undo-cleanup',
  'backup',
  'restore-drill',
  'restore',
  'archive',
]

beforeAll(async () => {
  const tenants = await synthesizeTenants('acme')
  acme = tenants.acme.workflows
  all = tenants.acme.all
})

const machine = (name: string): Properties => {
  const found = ofType(acme, 'AWS::StepFunctions::StateMachine').map(([, resource]) => resource.Properties)
  return found.find(({ StateMachineName }) => StateMachineName === `evergreen-acme-${name}`)
}

/** A definition as it is deployed, with an ARN for each function and table that it names. */
const definitionOf = ({ DefinitionString }: Properties): string =>
  DefinitionString['Fn::Join'][1].map((part: Properties) => (typeof part === 'string' ? part : standIn(part))).join('')

const standIn = (part: Properties): string => {
  if (part['Fn::GetAtt']) return arnOf(part['Fn::GetAtt'][0])
  return part.Ref === 'AWS::AccountId' ? '123456789012' : `arn:of:${part['Fn::ImportValue']}`
}

/** `aws-sdk:dynamodb:describeTable` is allowed by `dynamodb:DescribeTable`. */
const actionOf = (resource: string): string => {
  const [service = '', operation = ''] = resource.split('aws-sdk:')[1]?.split(':') ?? []
  return `${service}:${operation.charAt(0).toUpperCase()}${operation.slice(1)}`
}

const arnOf = (logicalId: string) => `arn:aws:lambda:eu-central-1:123456789012:function:${logicalId}`

const statesOf = (part: Machine): [string, State][] =>
  Object.entries(part.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...innerMachines(state).flatMap(statesOf),
  ])

const statementsOf = ({ RoleArn }: Properties): Properties[] =>
  acme[RoleArn['Fn::GetAtt'][0]]?.Properties.Policies[0].PolicyDocument.Statement

it('the stack has these workflows and no other', () => {
  const found = ofType(acme, 'AWS::StepFunctions::StateMachine').map(([, { Properties: p }]) => p.StateMachineName)
  expect(found.toSorted()).toEqual(names.map(name => `evergreen-acme-${name}`).toSorted())
})

describe.each(names)('workflow %s', name => {
  it('is a definition that AWS accepts', () => {
    const { isValid, errorsText } = aslValidator(JSON.parse(definitionOf(machine(name))), {
      checkArn: true,
      checkPaths: true,
    })
    expect(isValid ? '' : errorsText('\n')).toBe('')
  })

  it('runs on a laptop as it does on AWS', () => {
    expect(checkMachine(parseMachine(definitionOf(machine(name))), canRun)).toEqual([])
  })

  it('tries every step again with jitter, and tells of a failure to the end', () => {
    const states = statesOf(parseMachine(definitionOf(machine(name))))
    const tasks = states.filter(([, { Type }]) => Type === 'Task')
    expect(tasks.length).toBeGreaterThan(0)
    for (const [state, task] of tasks) {
      expect(task['Retry'], state).toContainEqual(expect.objectContaining({ JitterStrategy: 'FULL' }))
    }
    const failures = states.filter(([, { Type }]) => Type === 'Fail')
    expect(failures.length).toBeGreaterThan(0)
  })

  it('keeps its data under the key of the tenant and out of its log', () => {
    const { EncryptionConfiguration, LoggingConfiguration, TracingConfiguration, StateMachineType } = machine(name)
    expect(EncryptionConfiguration).toMatchObject({
      Type: 'CUSTOMER_MANAGED_KMS_KEY',
      KmsDataKeyReusePeriodSeconds: 900,
    })
    expect(LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false })
    expect(TracingConfiguration).toEqual({ Enabled: true })
    expect(StateMachineType).toBe('STANDARD')
    const logGroup = acme[LoggingConfiguration.Destinations[0].CloudWatchLogsLogGroup.LogGroupArn['Fn::GetAtt'][0]]
    expect(logGroup?.Properties.LogGroupName).toBe(`/aws/vendedlogs/evergreen-acme/${name}`)
  })

  it('may invoke exactly the functions that its definition names', () => {
    const named = new Set(
      statesOf(parseMachine(definitionOf(machine(name)))).flatMap(([, { Resource }]) =>
        Resource && !Resource.includes(':aws-sdk:') ? [Resource] : [],
      ),
    )
    const invoke = statementsOf(machine(name)).filter(statement => statement.Action === 'lambda:InvokeFunction')
    const allowed = invoke
      .flatMap(({ Resource }) => [Resource].flat())
      .map(resource => arnOf(resource['Fn::GetAtt'][0]))
    expect(allowed.toSorted()).toEqual([...named].toSorted())
  })

  it('may make exactly the calls of DynamoDB that its definition makes', () => {
    const made = statesOf(parseMachine(definitionOf(machine(name)))).flatMap(([, { Resource }]) =>
      Resource?.includes(':aws-sdk:') ? [actionOf(Resource)] : [],
    )
    const allowed = statementsOf(machine(name)).flatMap(({ Action }) => [Action].flat())
    expect(allowed.filter(action => action.startsWith('dynamodb:')).toSorted()).toEqual([...new Set(made)].toSorted())
  })

  it('may start, see and stop runs of its own alone, and only for a distributed Map', () => {
    const isDistributed = definitionOf(machine(name)).includes('"DISTRIBUTED"')
    const states = statementsOf(machine(name)).filter(({ Action }) => `${Action}`.includes('states:'))
    expect(states.flatMap(({ Action }) => [Action].flat()).toSorted()).toEqual(
      isDistributed
        ? ['states:DescribeExecution', 'states:RedriveExecution', 'states:StartExecution', 'states:StopExecution']
        : [],
    )
    const ours = new RegExp(`:(stateMachine|execution):evergreen-acme-${name}(["/:])`)
    for (const { Resource } of states) for (const arn of [Resource].flat()) expect(JSON.stringify(arn)).toMatch(ours)
  })

  it('is run by Step Functions on behalf of itself only', () => {
    const role = acme[machine(name).RoleArn['Fn::GetAtt'][0]]?.Properties
    const [{ Principal, Condition }] = role.AssumeRolePolicyDocument.Statement
    expect(Principal).toEqual({ Service: 'states.amazonaws.com' })
    expect(Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } })
    expect(JSON.stringify(Condition.ArnLike)).toMatch(new RegExp(`stateMachine:evergreen-acme-${name}["/]`))
  })
})

describe('bucket Files', () => {
  const bucket = () => ofType(all, 'AWS::S3::Bucket').find(([id]) => /^data\/Files[0-9A-F]/.test(id))?.[1].Properties

  it("lets pages of the tenant's origins upload and download, and no others", () => {
    expect(bucket().CorsConfiguration.CorsRules).toEqual([
      {
        AllowedOrigins: ['https://crm.acme.example'],
        AllowedMethods: ['PUT', 'GET', 'HEAD'],
        AllowedHeaders: ['content-type'],
        ExposedHeaders: ['etag'],
        MaxAge: 3600,
      },
    ])
  })
})
