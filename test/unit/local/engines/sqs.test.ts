import * as sdk from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAuthorizer } from '#infra/local/engines/iam.ts'
import { type Sqs, startSqs } from '#infra/local/engines/sqs/start-sqs.ts'
import { clientOptions, errorName, newFolder } from './support/client-options.ts'

let dir: string
let sqs: Sqs
let client: sdk.SQSClient

beforeAll(async () => {
  dir = newFolder()
  sqs = await startSqs({ dir, region: 'eu-central-1' })
  client = new sdk.SQSClient(clientOptions(sqs.url))
})

afterAll(() => sqs.stop())

describe('over HTTP', () => {
  it('a message is sent, hidden while held, and deleted', async () => {
    const { QueueUrl } = await client.send(new sdk.CreateQueueCommand({ QueueName: 'plain' }))
    const sent = await client.send(
      new sdk.SendMessageCommand({
        QueueUrl,
        MessageBody: 'grüß 你好',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'test' } },
      }),
    )
    const { Messages: [message] = [] } = await client.send(
      new sdk.ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] }),
    )
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'grüß 你好',
      Attributes: { ApproximateReceiveCount: '1' },
      MessageAttributes: { kind: { StringValue: 'test' } },
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    })
    expect((await client.send(new sdk.ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined()
    const counts = new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })
    expect((await client.send(counts)).Attributes).toMatchObject({
      QueueArn: 'arn:aws:sqs:eu-central-1:000000000000:plain',
      VisibilityTimeout: '30',
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '1',
    })
    await client.send(new sdk.DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }))
    expect(sqs.depth('plain')).toBe(0)
  })

  it('the digest of message attributes is the one that AWS computes', async () => {
    const { url: QueueUrl } = sqs.ensureQueue('digest')
    const { MD5OfMessageAttributes } = await client.send(
      new sdk.SendMessageCommand({
        QueueUrl,
        MessageBody: 'x',
        MessageAttributes: { timestamp: { DataType: 'Number', StringValue: '1493147359900' } },
      }),
    )
    expect(MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c')
  })

  it('a batch answers for each entry', async () => {
    const { url: QueueUrl } = sqs.ensureQueue('batch')
    const sent = await client.send(
      new sdk.SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'good', MessageBody: 'a' },
          { Id: 'bad', MessageBody: 'null \u0000 byte' },
        ],
      }),
    )
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['good'])
    expect(sent.Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidMessageContents', SenderFault: true }])
    const { Messages = [] } = await client.send(new sdk.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
    await client.send(new sdk.DeleteMessageBatchCommand({ QueueUrl, Entries }))
    expect(sqs.depth('batch')).toBe(0)
  })

  it('a hidden message comes back when its visibility changes, and an old handle no longer deletes it', async () => {
    const { url: QueueUrl } = sqs.ensureQueue('visibility')
    await client.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody: 'a' }))
    const receive = async () => (await client.send(new sdk.ReceiveMessageCommand({ QueueUrl }))).Messages?.[0]
    const first = await receive()
    const change = { QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 }
    await client.send(new sdk.ChangeMessageVisibilityCommand(change))
    const second = await receive()
    await client.send(new sdk.DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }))
    expect(second?.MessageId).toBe(first?.MessageId)
    expect(sqs.depth('visibility')).toBe(1)
    expect(await errorName(client.send(new sdk.ChangeMessageVisibilityCommand(change)))).toBe('MessageNotInflight')
  })

  it('a long poll is answered as soon as a message comes', async () => {
    const { url: QueueUrl, arn } = sqs.ensureQueue('long-poll')
    const poll = client.send(new sdk.ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
    setTimeout(() => sqs.send(arn, ['late']), 50)
    expect((await poll).Messages?.[0]?.Body).toBe('late')
  })

  it('a long poll ends with nothing when the engine stops', async () => {
    const arrived = Promise.withResolvers<void>()
    const authorize = () => {
      arrived.resolve()
      return true
    }
    const stopping = await startSqs({ dir: newFolder(), authorize })
    const { url: QueueUrl } = stopping.ensureQueue('q')
    const poller = new sdk.SQSClient(clientOptions(stopping.url))
    const poll = poller.send(new sdk.ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
    await arrived.promise
    await stopping.stop()
    expect((await poll).Messages).toBeUndefined()
  })

  it('queues are listed, found, purged and deleted', async () => {
    const { QueueUrl } = await client.send(new sdk.CreateQueueCommand({ QueueName: 'listed-1' }))
    const listed = await client.send(new sdk.ListQueuesCommand({ QueueNamePrefix: 'listed' }))
    const found = await client.send(new sdk.GetQueueUrlCommand({ QueueName: 'listed-1' }))
    sqs.send('listed-1', ['a', 'b'])
    await client.send(new sdk.PurgeQueueCommand({ QueueUrl }))
    expect(sqs.depth('listed-1')).toBe(0)
    expect(listed.QueueUrls).toEqual([QueueUrl])
    expect(found.QueueUrl).toBe(QueueUrl)
    await client.send(new sdk.DeleteQueueCommand({ QueueUrl }))
    const gone = client.send(new sdk.GetQueueUrlCommand({ QueueName: 'listed-1' }))
    expect(await errorName(gone)).toBe('QueueDoesNotExist')
  })

  it('bad input is refused with the service’s own errors', async () => {
    const { url: QueueUrl } = sqs.ensureQueue('strict', { MaximumMessageSize: 1024 })
    const send = (MessageBody: string) => errorName(client.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody })))
    expect(await send('x'.repeat(1025))).toBe('InvalidParameterValue')
    const Entries = Array.from({ length: 11 }, (_, index) => ({ Id: String(index), MessageBody: 'x' }))
    expect(await errorName(client.send(new sdk.SendMessageBatchCommand({ QueueUrl, Entries })))).toBe(
      'TooManyEntriesInBatchRequest',
    )
    expect(await errorName(client.send(new sdk.SendMessageBatchCommand({ QueueUrl, Entries: [] })))).toBe(
      'EmptyBatchRequest',
    )
    const handle = { QueueUrl, ReceiptHandle: 'nonsense' }
    expect(await errorName(client.send(new sdk.DeleteMessageCommand(handle)))).toBe('ReceiptHandleIsInvalid')
    const attribute = { QueueUrl, Attributes: { Colour: 'red' } as Record<string, string> }
    expect(await errorName(client.send(new sdk.SetQueueAttributesCommand(attribute)))).toBe('InvalidAttributeName')
  })

  it('a principal needs the queue’s action and its key', async () => {
    const key = 'arn:aws:kms:eu-central-1:000000000000:key/k1'
    const Statement = [
      { Effect: 'Allow' as const, Action: 'sqs:*', Resource: '*' },
      { Effect: 'Allow' as const, Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: key },
    ]
    const authorize = createAuthorizer({
      Sender: [{ Statement }],
      Keyless: [{ Statement: Statement.slice(0, 1) }],
      Nobody: [],
    })
    const guarded = await startSqs({ dir: newFolder(), authorize })
    const { url: QueueUrl } = guarded.ensureQueue('q', { KmsMasterKeyId: key })
    const send = (principal: string) => {
      const sender = new sdk.SQSClient(clientOptions(guarded.url, principal))
      return errorName(sender.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody: 'x' })))
    }
    expect(await send('Sender')).toBe('no error')
    expect(await send('Keyless')).toBe('AccessDenied')
    expect(await send('Nobody')).toBe('AccessDenied')
    await guarded.stop()
  })
})

describe('in-process', () => {
  it('exhausted messages move to the dead-letter queue and keep their time', async () => {
    const { arn: deadLetters } = sqs.ensureQueue('work-dlq')
    const RedrivePolicy = { deadLetterTargetArn: deadLetters, maxReceiveCount: 2 }
    const { arn } = sqs.ensureQueue('work', { RedrivePolicy })
    sqs.send(arn, ['poison', 'good'])
    for (const attempt of ['1', '2']) {
      const [poison, good] = sqs.receive(arn, 10, 30)
      expect(poison?.attributes['ApproximateReceiveCount']).toBe(attempt)
      sqs.release(arn, [poison?.receiptHandle ?? ''])
      sqs.remove(arn, good === undefined ? [] : [good.receiptHandle])
    }
    expect(sqs.receive(arn, 10, 30)).toEqual([])
    expect(sqs.depth(arn)).toBe(0)
    const [dead] = sqs.receive(deadLetters, 10, 30)
    expect(dead).toMatchObject({ body: 'poison', attributes: { DeadLetterQueueSourceArn: arn } })
  })

  it('exhausted messages never hide the good ones behind them', () => {
    const { arn: deadLetters } = sqs.ensureQueue('crowd-dlq')
    const { arn } = sqs.ensureQueue('crowd', {
      RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: 1 },
    })
    sqs.send(
      arn,
      Array.from({ length: 20 }, () => 'poison'),
    )
    sqs.release(
      arn,
      sqs.receive(arn, 20, 30).map(({ receiptHandle }) => receiptHandle),
    )
    sqs.send(arn, ['good'])
    expect(sqs.receive(arn, 5, 30).map(({ body }) => body)).toEqual(['good'])
    expect(sqs.depth(deadLetters)).toBe(20)
  })

  it('a listener is woken by a message, a visibility timeout, a release and a delay that ends', async () => {
    const { arn } = sqs.ensureQueue('watched')
    const inbox: ReturnType<Sqs['receive']> = []
    let visibilityS = 0.1
    const stopListening = sqs.onMessage(arn, () => {
      inbox.push(...sqs.receive(arn, 10, visibilityS))
      visibilityS = 30
    })
    const received = async (count: number) => {
      await vi.waitFor(() => expect(inbox).toHaveLength(count), { timeout: 5000, interval: 5 })
      return inbox.at(-1)?.receiptHandle ?? ''
    }
    sqs.send(arn, ['a'])
    await received(1)
    const afterTimeout = await received(2)
    sqs.release(arn, [afterTimeout], 0.1)
    const afterRelease = await received(3)
    sqs.remove(arn, [afterRelease])
    sqs.send(arn, [{ body: 'later', delayS: 0.1 }])
    await received(4)
    expect(inbox.map(({ body }) => body)).toEqual(['a', 'a', 'a', 'later'])
    stopListening()
  })

  it('a listener that comes late learns of what waits', async () => {
    const { arn } = sqs.ensureQueue('late')
    sqs.send(arn, ['a'])
    await new Promise<void>(resolve => sqs.onMessage(arn, resolve))
  })

  it('idle waits for all but the queues that hold failures', async () => {
    const other = await startSqs({ dir: newFolder() })
    const { arn: deadLetters } = other.ensureQueue('dlq')
    const { arn: onFailure } = other.ensureQueue('on-failure')
    const { arn } = other.ensureQueue('q', {
      RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: '3' },
    })
    other.holdsFailures(onFailure)
    other.send(deadLetters, ['x'])
    other.send(onFailure, ['x'])
    expect(other.idle()).toBe(true)
    other.send(arn, ['x'])
    const [held] = other.receive(arn, 1)
    expect(other.idle()).toBe(false)
    other.remove(arn, [held?.receiptHandle ?? ''])
    expect(other.idle()).toBe(true)
    await other.stop()
  })

  it('messages, receive counts and handles survive a restart', async () => {
    const { arn } = sqs.ensureQueue('kept')
    sqs.send(arn, [{ body: 'a', attributes: { k: { DataType: 'String', StringValue: 'v' } } }, 'b'])
    const [held] = sqs.receive(arn, 1, 30)
    await sqs.stop()
    sqs = await startSqs({ dir, region: 'eu-central-1' })
    client = new sdk.SQSClient(clientOptions(sqs.url))
    expect(sqs.depth(arn)).toBe(2)
    expect(sqs.receive(arn, 10, 30).map(({ body }) => body)).toEqual(['b'])
    expect(held?.messageAttributes).toEqual({ k: { dataType: 'String', stringValue: 'v' } })
    sqs.remove(arn, [held?.receiptHandle ?? ''])
    expect(sqs.depth(arn)).toBe(1)
  })

  it('a backlog of thousands is handed out once each, oldest first', () => {
    const { arn } = sqs.ensureQueue('backlog')
    const bodies = Array.from({ length: 2000 }, (_, index) => String(index))
    for (let at = 0; at < bodies.length; at += 100) sqs.send(arn, bodies.slice(at, at + 100))
    const seen: string[] = []
    for (let held = sqs.receive(arn, 100); held.length > 0; held = sqs.receive(arn, 100)) {
      seen.push(...held.map(({ body }) => body))
      sqs.remove(
        arn,
        held.map(({ receiptHandle }) => receiptHandle),
      )
    }
    expect(seen).toEqual(bodies)
    expect(sqs.depth(arn)).toBe(0)
  })
})
