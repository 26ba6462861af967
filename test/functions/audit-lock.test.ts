import {
  DeleteResourcePolicyCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signedClient } from '../../core/aws/signed-client.ts';
import { TablePolicyReader } from '../../core/aws/table-policy.ts';
import type { TableProperties } from '../../emulator/aws/dynamodb-table.ts';
import { eventRule } from '../../emulator/aws/event-rule.ts';
import type { RuleProperties } from '../../emulator/aws/schedule.ts';
import { Topics } from '../../emulator/aws/topics.ts';
import type { AwsServer } from '../../emulator/aws-server.ts';
import { type SynthesizedStacks, stacksIn } from '../infra/synthesized-stacks.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { AwsFixture, clientOptions } from '../support/local-aws.ts';

/** As they are on one machine: without an account's name for it. */
const stacks: SynthesizedStacks = stacksIn({}, '000000000000');
const { Properties } = stacks.one(
  'AWS::DynamoDB::GlobalTable',
  ({ TableName }) => TableName === 'keywright-audit',
);
const ARN = 'arn:aws:dynamodb:eu-central-1:000000000000:table/keywright-audit';

let aws: AwsFixture;
let server: AwsServer;
let admin: DynamoDBClient;
let topics: Topics;

beforeEach(async () => {
  aws = new AwsFixture();
  server = await aws.start();
  await server.createTable(Properties as unknown as TableProperties);
  admin = new DynamoDBClient(clientOptions(server));
  aws.onClose(() => admin.destroy());
  const log = (line: string) => void aws.log.push(line);
  topics = new Topics(stacks.resources, { now: () => new Date(), log });
  for (const rule of stacks.ofType('AWS::Events::Rule')) {
    const by = { service: 'events.amazonaws.com', sourceArn: String(rule.Arn) };
    const publish = (message: { topicArn: string; subject: string; message: string }) =>
      topics.publish({ ...message, ...by });
    const find = () => ({ name: 'none', invoke: async () => {}, warm: async () => {}, stop: async () => {} });
    server.onEvent(eventRule(rule.Properties as RuleProperties, { find, log, publish, send: () => {} }));
  }
});
afterEach(() => aws.close());

const reader = (url = server.url) =>
  new TablePolicyReader(
    signedClient({
      service: 'dynamodb',
      region: 'eu-central-1',
      endpoint: url,
      credentials: () => ({ ...CREDENTIALS, sessionToken: undefined }),
      attemptMilliseconds: 500,
      deadlineMilliseconds: 1000,
      now: Date.now,
      random: Math.random,
    }),
    { arn: ARN, recordsEnd: false },
  );

describe('the lock of the audit table', () => {
  test('is intact as the template puts it there', async () => {
    expect(await reader().read()).toEqual({ state: 'intact', differences: [] });
    expect(topics.messages()).toEqual([]);
  });

  test('that is taken off is found by verification, and told by a message that names who did it', async () => {
    await admin.send(new DeleteResourcePolicyCommand({ ResourceArn: ARN }));
    expect(await reader().read()).toMatchObject({ state: 'missing' });
    const [told, ...more] = topics.messages();
    expect(more).toEqual([]);
    for (const part of ['DeleteResourcePolicy', 'arn:aws:iam::000000000000:user/local', '127.0.0.1', 'Do: '])
      expect(told?.message).toContain(part);
    expect(aws.log).toEqual([]);
  });

  test('that is loosened is found and told, and so is putting it back', async () => {
    const { Policy = '' } = await admin.send(new GetResourcePolicyCommand({ ResourceArn: ARN }));
    const loose = Policy.replace('dynamodb:DeleteItem', 'dynamodb:Scan');
    await admin.send(new PutResourcePolicyCommand({ ResourceArn: ARN, Policy: loose }));
    expect(await reader().read()).toMatchObject({
      state: 'changed',
      differences: [
        'the statement NobodyChangesOrDeletes is missing, or was changed',
        'a statement (NobodyChangesOrDeletes) is none that Keywright put there',
      ],
    });
    await admin.send(new PutResourcePolicyCommand({ ResourceArn: ARN, Policy }));
    expect(await reader().read()).toMatchObject({ state: 'intact' });
    expect(topics.messages()).toHaveLength(2);
  });

  test('is put on again by the next start', async () => {
    await admin.send(new DeleteResourcePolicyCommand({ ResourceArn: ARN }));
    await server.createTable(Properties as unknown as TableProperties);
    expect(await reader().read()).toMatchObject({ state: 'intact' });
  });

  test('that can’t be read is not called intact', async () => {
    expect(await reader('http://127.0.0.1:1').read()).toMatchObject({
      state: 'unreadable',
      differences: [expect.stringContaining('could not be read')],
    });
  });
});
