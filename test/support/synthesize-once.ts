import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { synthesizeTenant } from '#infra/local/synthesize.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Cloud assembly of the tenant `local`, with a queue that gets a copy of every record event. */
    assembly: string
  }
}

type Template = { Resources: Record<string, { Type: string; Properties?: object }> }

/** Synthesizes the stacks once for all test files of a run, in a folder of this run's own; the result removes it. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-test-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const assembly = await synthesizeTenant('local', folder)
    tapEvents(assembly)
    project.provide('assembly', assembly)
    return remove
  } catch (error) {
    remove()
    throw error
  }
}

/** Adds a queue beside the consumers' ones, so that tests see the events a request causes. */
function tapEvents(assembly: string): void {
  const files = readdirSync(assembly, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.template.json'),
  )
  for (const file of files.map(name => join(assembly, name))) {
    const template: Template = JSON.parse(readFileSync(file, 'utf8'))
    const buses = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Events::EventBus')
    for (const [bus] of buses) Object.assign(template.Resources, tapOf(bus))
    if (buses.length > 0) writeFileSync(file, JSON.stringify(template))
  }
}

function tapOf(bus: string): Template['Resources'] {
  return {
    TestTap: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-tap' } },
    TestTapRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName: { Ref: bus },
        EventPattern: { source: ['evergreen.records'] },
        State: 'ENABLED',
        Targets: [{ Id: 'Tap', Arn: { 'Fn::GetAtt': ['TestTap', 'Arn'] } }],
      },
    },
  }
}
