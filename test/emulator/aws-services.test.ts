import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PublishedEvent } from '../../emulator/aws/event-bridge.ts';
import type { AwsServer } from '../../emulator/aws-server.ts';
import type { LambdaFunction } from '../../emulator/lambda.ts';
import { LambdaError } from '../../emulator/lambda-error.ts';
import { AwsFixture, clientOptions } from '../support/local-aws.ts';
import { signedFetch } from '../support/signed-fetch.ts';
import { callSqs, fetchSqs } from '../support/sqs.ts';

let fixture: AwsFixture;
let server: AwsServer;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-03-01T12:00:00.500Z');
  fixture = new AwsFixture();
  server = await fixture.start({ now: () => now });
});
afterEach(() => fixture.close());

async function restart() {
  await server.close();
  server = await fixture.start({ now: () => now });
}

describe('Secrets Manager', () => {
  const V1 = '11111111-1111-4111-8111-111111111111';
  const V2 = '22222222-2222-4222-8222-222222222222';
  const V3 = '33333333-3333-4333-8333-333333333333';

  function client() {
    const secrets = new SecretsManagerClient(clientOptions(server));
    fixture.onClose(() => secrets.destroy());
    return secrets;
  }
  const create = (Name = 'pepper') =>
    client().send(new CreateSecretCommand({ Name, SecretString: 'one', ClientRequestToken: V1 }));
  const get = (options: { VersionId?: string; VersionStage?: string } = {}, SecretId = 'pepper') =>
    client().send(new GetSecretValueCommand({ SecretId, ...options }));
  const put = (token: string, SecretString: string, VersionStages?: string[]) =>
    client().send(
      new PutSecretValueCommand({
        SecretId: 'pepper',
        ClientRequestToken: token,
        SecretString,
        ...(VersionStages && { VersionStages }),
      }),
    );

  test('keeps a secret through a restart, in a file only its owner may read', async () => {
    const { ARN } = await create();
    await restart();
    expect(await get()).toMatchObject({
      ARN,
      Name: 'pepper',
      VersionId: V1,
      SecretString: 'one',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: now,
    });
    expect(statSync(join(fixture.dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  test('finds a secret by name and by ARN, with or without the suffix', async () => {
    const { ARN = '' } = await create('keywright/pepper');
    for (const id of ['keywright/pepper', ARN, ARN.slice(0, -7)])
      expect(await get({}, id)).toMatchObject({ SecretString: 'one' });
    await expect(get({}, 'other')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
  });

  test('lists by beginnings of names, page by page, and not what is marked for deletion, which is of no other use', async () => {
    for (const name of ['a/2', 'b/1', 'a/1', 'a/3']) await create(name);
    const list = (NextToken?: string) =>
      client().send(
        new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['a/'] }], MaxResults: 2, NextToken }),
      );
    const namesOf = ({ SecretList = [] }: Awaited<ReturnType<typeof list>>) =>
      SecretList.map(({ Name }) => Name);
    const first = await list();
    expect([namesOf(first), namesOf(await list(first.NextToken))]).toEqual([['a/1', 'a/2'], ['a/3']]);
    const remove = (days: number) =>
      client().send(new DeleteSecretCommand({ SecretId: 'a/1', RecoveryWindowInDays: days }));
    await expect(remove(6)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect((await remove(7)).DeletionDate).toEqual(new Date(now.getTime() + 7 * 86_400_000));
    await restart();
    expect(namesOf(await list())).toEqual(['a/2', 'a/3']);
    for (const refused of [get({}, 'a/1'), create('a/1'), remove(7)]) {
      await expect(refused).rejects.toMatchObject({ name: 'InvalidRequestException' });
    }
  });

  test('a rotation: pending beside current, then current, and the old one previous', async () => {
    const { ARN } = await create();
    await put(V2, 'two', ['AWSPENDING']);
    expect(await get()).toMatchObject({ SecretString: 'one' });
    expect(await get({ VersionStage: 'AWSPENDING' })).toMatchObject({ SecretString: 'two', VersionId: V2 });
    expect(await get({ VersionId: V2, VersionStage: 'AWSPENDING' })).toMatchObject({ SecretString: 'two' });

    await client().send(
      new UpdateSecretVersionStageCommand({
        SecretId: 'pepper',
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: V2,
        RemoveFromVersionId: V1,
      }),
    );
    await client().send(
      new UpdateSecretVersionStageCommand({
        SecretId: 'pepper',
        VersionStage: 'AWSPENDING',
        RemoveFromVersionId: V2,
      }),
    );
    expect(await client().send(new DescribeSecretCommand({ SecretId: 'pepper' }))).toMatchObject({
      ARN,
      RotationEnabled: false,
      VersionIdsToStages: { [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] },
    });
    expect(await get({ VersionStage: 'AWSPREVIOUS' })).toMatchObject({ SecretString: 'one' });
  });

  test('a label is moved only by naming who has it', async () => {
    await create();
    await put(V2, 'two', ['AWSPENDING']);
    const move = new UpdateSecretVersionStageCommand({
      SecretId: 'pepper',
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: V2,
    });
    await expect(client().send(move)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(V1),
    });
    expect(await get()).toMatchObject({ SecretString: 'one' });
  });

  test('putting a version again changes nothing; with another value it is refused', async () => {
    await create();
    await put(V2, 'two');
    expect(await put(V2, 'two')).toMatchObject({ VersionId: V2, VersionStages: ['AWSCURRENT'] });
    await expect(put(V2, 'other')).rejects.toMatchObject({ name: 'ResourceExistsException' });
    expect(await get()).toMatchObject({ SecretString: 'two' });
    await expect(
      client().send(new CreateSecretCommand({ Name: 'pepper', SecretString: 'x', ClientRequestToken: V3 })),
    ).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });

  test('versions without a label are listed only on request', async () => {
    await create();
    await put(V2, 'two');
    await put(V3, 'three');
    const list = async (IncludeDeprecated: boolean) => {
      const command = new ListSecretVersionIdsCommand({ SecretId: 'pepper', IncludeDeprecated });
      return (await client().send(command)).Versions?.map((version) => version.VersionId);
    };
    expect(await list(false)).toEqual([V2, V3]);
    expect(await list(true)).toEqual([V1, V2, V3]);
  });

  test.each([
    [{ VersionId: V2 }, 'ResourceNotFoundException'],
    [{ VersionStage: 'AWSPENDING' }, 'ResourceNotFoundException'],
    [{ VersionId: V1, VersionStage: 'AWSPENDING' }, 'InvalidRequestException'],
  ])('a version asked for by %j that is not there is: %s', async (wanted, name) => {
    await create();
    await expect(get(wanted)).rejects.toMatchObject({ name });
  });

  test('a secret of a template is generated once and stays', async () => {
    const properties = {
      Name: 'keywright/pepper',
      GenerateSecretString: {
        SecretStringTemplate: '{"current":"v1"}',
        GenerateStringKey: 'v1',
        PasswordLength: 64,
        ExcludePunctuation: true,
      },
    };
    server.createSecret(properties);
    const { SecretString = '' } = await get({}, 'keywright/pepper');
    const value = JSON.parse(SecretString);
    expect(value).toEqual({ current: 'v1', v1: expect.stringMatching(/^[A-Za-z0-9]{64}$/) });
    await restart();
    server.createSecret(properties);
    expect(await get({}, 'keywright/pepper')).toMatchObject({ SecretString });
  });

  test('RotateSecret runs the four steps on a pending version, and goes on with one left unfinished', async () => {
    const { ARN } = await create();
    const steps: unknown[] = [];
    let broken = true;
    const rotation: LambdaFunction = {
      name: 'rotation',
      async invoke(event) {
        const { Step } = event as { Step: string };
        steps.push(event);
        if (Step === 'createSecret') {
          const { VersionIdsToStages } = await client().send(
            new DescribeSecretCommand({ SecretId: 'pepper' }),
          );
          expect(VersionIdsToStages?.[V2]).toEqual(['AWSPENDING']);
          if (broken)
            await expect(get({ VersionId: V2 })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
          await put(V2, 'two', ['AWSPENDING']);
        }
        if (Step === 'testSecret' && broken) throw new LambdaError('Error', 'no');
      },
      warm: async () => undefined,
      stop: async () => undefined,
    };
    const rotate = (token: string) =>
      client().send(new RotateSecretCommand({ SecretId: 'pepper', ClientRequestToken: token }));
    await expect(rotate(V2)).rejects.toMatchObject({ name: 'InvalidRequestException' });
    server.rotateSecretWith('pepper', rotation);
    await expect(rotate(V2)).rejects.toMatchObject({ message: 'rotation failed at testSecret: Error: no' });
    broken = false;
    steps.length = 0;
    expect(await rotate(V3)).toMatchObject({ VersionId: V2 });
    expect(steps).toEqual(
      ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map((Step) => ({
        Step,
        SecretId: ARN,
        ClientRequestToken: V2,
      })),
    );
  });

  test('random passwords keep to their rules', async () => {
    const command = new GetRandomPasswordCommand({ PasswordLength: 8, ExcludePunctuation: true });
    const { RandomPassword } = await client().send(command);
    expect(RandomPassword).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9]{8}$/);
  });
});

describe('EventBridge', () => {
  const entry = { Source: 'keywright', DetailType: 'apiKey.created', Detail: '{"id":"1"}' };

  function client() {
    const events = new EventBridgeClient(clientOptions(server));
    fixture.onClose(() => events.destroy());
    return events;
  }
  const lines = () =>
    readFileSync(join(fixture.dataDir, 'events.ndjson'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  test('stores an event, hands it to listeners, and keeps it through a restart', async () => {
    const heard: PublishedEvent[] = [];
    server.createEventBus({ Name: 'keywright' });
    server.onEvent((event) => heard.push(event));
    const EventBusName = 'arn:aws:events:eu-central-1:000000000000:event-bus/keywright';
    const { FailedEntryCount, Entries } = await client().send(
      new PutEventsCommand({ Entries: [{ ...entry, EventBusName, Resources: ['r'] }] }),
    );
    expect(FailedEntryCount).toBe(0);
    const event = {
      version: '0',
      id: Entries?.[0]?.EventId,
      'detail-type': 'apiKey.created',
      source: 'keywright',
      account: '000000000000',
      time: '2026-03-01T12:00:00Z',
      region: 'eu-central-1',
      resources: ['r'],
      detail: { id: '1' },
    };
    expect(heard).toEqual([event]);
    await restart();
    await client().send(new PutEventsCommand({ Entries: [entry] }));
    expect(lines()).toEqual([
      { bus: 'keywright', event },
      { bus: 'default', event: expect.objectContaining({ detail: { id: '1' } }) },
    ]);
  });

  test.each([
    [{ Source: '' }, 'InvalidArgument'],
    [{ DetailType: undefined }, 'InvalidArgument'],
    [{ Detail: undefined }, 'InvalidArgument'],
    [{ Detail: 'no JSON' }, 'MalformedDetail'],
    [{ Detail: '[]' }, 'MalformedDetail'],
    [{ Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
    [{ EventBusName: 'nowhere' }, 'ResourceNotFoundException'],
  ])('an entry like %p fails alone, with %s', async (change, ErrorCode) => {
    const Entries = [entry, { ...entry, ...change }];
    const answer = await client().send(new PutEventsCommand({ Entries }));
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries).toEqual([
      { EventId: expect.any(String) },
      { ErrorCode, ErrorMessage: expect.any(String) },
    ]);
    expect(lines()).toHaveLength(1);
  });

  test.each([
    ['no entry', []],
    ['more than ten', Array(11).fill(entry)],
    ['too many bytes', [{ ...entry, Detail: JSON.stringify({ long: 'x'.repeat(256 * 1024) }) }]],
  ])('a request with %s is refused whole', async (_, Entries) => {
    await expect(client().send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    expect(lines()).toEqual([]);
  });
});

describe('SQS', () => {
  type Received = { Messages?: { Body: string; ReceiptHandle: string }[] };
  const queue = () => ({ QueueUrl: `${server.url}/000000000000/dead` });
  const receive = () => callSqs<Received>(server, 'ReceiveMessage', queue());

  test('a message is hidden while it is worked on, comes back, and goes when deleted', async () => {
    server.createQueue({ QueueName: 'dead', VisibilityTimeout: 30 });
    await callSqs(server, 'SendMessage', { ...queue(), MessageBody: 'hello' });
    await restart();
    server.createQueue({ QueueName: 'dead', VisibilityTimeout: 30 });
    expect((await receive()).Messages).toEqual([expect.objectContaining({ Body: 'hello' })]);
    expect(await receive()).toEqual({});
    now = new Date(now.getTime() + 31_000);
    const ReceiptHandle = (await receive()).Messages?.[0]?.ReceiptHandle;
    const attributes = { ...queue(), AttributeNames: ['All'] };
    expect(await callSqs(server, 'GetQueueAttributes', attributes)).toMatchObject({
      Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' },
    });
    await callSqs(server, 'DeleteMessage', { ...queue(), ReceiptHandle });
    expect(await callSqs(server, 'GetQueueAttributes', attributes)).toMatchObject({
      Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
    });
  });

  test('messages are dropped after the retention period', async () => {
    server.createQueue({ QueueName: 'dead', MessageRetentionPeriod: 60 });
    await callSqs(server, 'SendMessage', { ...queue(), MessageBody: 'hello' });
    now = new Date(now.getTime() + 61_000);
    expect(await receive()).toEqual({});
  });

  test('a queue that is not there is an error in both of its protocols', async () => {
    const response = await fetchSqs(server, 'ReceiveMessage', queue());
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
    expect(await response.json()).toEqual({
      __type: 'com.amazonaws.sqs#QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    });
  });
});

test('an operation or service that is not here fails loudly', async () => {
  expect((await fetchSqs(server, 'PurgeQueue', {})).status).toBe(400);
  const response = await signedFetch(server.url, 'sns', { body: 'Action=Publish' });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ __type: 'UnknownOperationException' });
  expect(fixture.log).toEqual([expect.stringContaining('PurgeQueue'), expect.stringContaining('POST /')]);
});
