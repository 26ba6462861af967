import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ShowableKeySecrets } from '../../core/aws/showable-keys.ts';
import { AwsFixture, clientOptions } from '../support/local-aws.ts';

const PREFIX = 'keywright/subscription/';
const NOW = new Date('2026-11-22T12:00:00.000Z');
const NEEDED = { now: NOW, isNeeded: () => true };

const aws = new AwsFixture();
let options: ReturnType<typeof clientOptions>;
let client: SecretsManagerClient;
let keys: ShowableKeySecrets;
beforeAll(async () => {
  options = clientOptions(await aws.start());
  client = new SecretsManagerClient(options);
  aws.onClose(() => client.destroy());
  keys = new ShowableKeySecrets(client, PREFIX, 'arn:aws:kms:eu-central-1:000000000000:key/k');
});
afterAll(() => aws.close());

test('what is kept is found again, and an unknown owner has nothing', async () => {
  expect(await keys.texts('sub_unknown')).toEqual([]);
  await keys.add('sub_kept', ['one', 'two'], NEEDED);
  await keys.add('sub_kept', ['three', 'one'], NEEDED);
  expect(await keys.texts('sub_kept')).toEqual(['one', 'two', 'three']);
  const { Name } = await client.send(new DescribeSecretCommand({ SecretId: `${PREFIX}sub_kept` }));
  expect(Name).toBe('keywright/subscription/sub_kept');
});

test('of additions at once none is lost, also when they are the first', async () => {
  for (let round = 0; round < 10; round++) {
    const owner = `sub_race${round}`;
    const texts = ['a', 'b', 'c'];
    await Promise.all(texts.map((text) => keys.add(owner, [text], NEEDED)));
    expect([...(await keys.texts(owner))].sort()).toEqual(texts);
  }
});

test('who is always overtaken is told so', async () => {
  await keys.add('sub_busy', ['first'], NEEDED);
  const busy = new SecretsManagerClient(options);
  aws.onClose(() => busy.destroy());
  let others = 0;
  busy.middlewareStack.add(
    (next, { commandName }) =>
      async (parameters) => {
        if (commandName === 'PutSecretValueCommand')
          await keys.add('sub_busy', [`other ${others++}`], NEEDED);
        return next(parameters);
      },
    { step: 'initialize' },
  );
  const overtaken = new ShowableKeySecrets(busy, PREFIX, 'key');
  await expect(overtaken.add('sub_busy', ['late'], NEEDED)).rejects.toMatchObject({ code: 'conflict' });
  expect(await keys.texts('sub_busy')).not.toContain('late');
  expect(await keys.texts('sub_busy')).toHaveLength(1 + others);
});

test('a text that nobody needs is swept an hour after it was added, not before', async () => {
  const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
  const isNeeded = (text: string) => text === 'needed';
  await keys.add('sub_swept', ['needed', 'superseded'], { now: at(0), isNeeded });
  await keys.add('sub_swept', ['attempt'], { now: at(59), isNeeded });
  expect(await keys.texts('sub_swept')).toEqual(['needed', 'superseded', 'attempt']);
  await keys.add('sub_swept', ['new'], { now: at(61), isNeeded });
  expect(await keys.texts('sub_swept')).toEqual(['needed', 'attempt', 'new']);
});

test('the secret is the JSON that it says it is', async () => {
  await keys.add('sub_json', ['sub_live_text'], NEEDED);
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: `${PREFIX}sub_json` }));
  expect(JSON.parse(SecretString ?? '')).toEqual({
    keys: [{ text: 'sub_live_text', addedAt: NOW.toISOString() }],
  });
});
