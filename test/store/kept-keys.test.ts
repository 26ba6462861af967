import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SealedTexts } from '../../core/aws/sealed-text.ts';
import { ShowableKeys } from '../../core/aws/showable-keys.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { credentialIdOf, type ItemKey, itemKey } from '../../core/store/item-keys.ts';
import { type Sealing, sealKeptKeys } from '../../core/store/kept-keys.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { Interruption } from '../support/interruption.ts';
import { clientOptions } from '../support/local-aws.ts';
import { DATA_KEY, localKms } from '../support/local-kms.ts';
import { TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const NOW = new Date('2026-11-28T12:00:00.000Z');
const LONG_AGO = '2026-11-22T12:00:00.000Z';
const interruption = new Interruption();
let dynamodb: TestDynamoDb;
let management: TestManagement;
let secrets: SecretsManagerClient;
let sealing: Sealing;
let productId = '';

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  productId = (await createProducts(management)).immediate;
  secrets = new SecretsManagerClient(clientOptions({ url: dynamodb.endpoint }));
  secrets.middlewareStack.add(interruption.middleware, { step: 'initialize' });
  dynamodb.main.client.middlewareStack.add(interruption.middleware, { step: 'initialize' });
  sealing = {
    ...{ secrets, main: dynamodb.main, pepper: async () => management.pepper, now: () => NOW },
    keys: new ShowableKeys(new SealedTexts(interruption.through(localKms(dynamodb)), DATA_KEY)),
  };
});
afterAll(async () => {
  secrets.destroy();
  await dynamodb.close();
});
// What the tests before left is none of this one's.
beforeEach(() => sealKeptKeys(sealing, true));

interface Kept {
  readonly subscriptionId: string;
  readonly apiId: string;
  readonly keys: { readonly primaryKey: string; readonly secondaryKey: string };
  readonly clientKey: string;
}

const act = (id: string, action: string) => management.call(`POST /v1/subscriptions/${id}/${action}`);
const reveal = async (id: string) => {
  const { primaryKey, secondaryKey } = (await act(id, 'keys/reveal')).body;
  return { primaryKey, secondaryKey };
};
const revealClientKey = (id: string) => management.call(`POST /v1/apis/${id}/client-key/reveal`);
const subscription = (id: string) => itemKey.credential(credentialIdOf(id));

/** An item as it was before it held texts. */
async function unseal({ pk, sk }: ItemKey, attributes: readonly string[]): Promise<void> {
  const update = { TableName: dynamodb.main.name, Key: { pk, sk } };
  const UpdateExpression = `REMOVE ${attributes.join(', ')}`;
  await dynamodb.main.client.send(new UpdateCommand({ ...update, UpdateExpression }));
}

async function keep(name: string, texts: readonly string[], addedAt = LONG_AGO): Promise<void> {
  const SecretString = JSON.stringify({ keys: texts.map((text) => ({ text, addedAt })) });
  await secrets.send(new CreateSecretCommand({ Name: name, SecretString }));
}

/** A subscription and an API whose keys are in secrets, beside some that are worth nothing any more. */
async function kept(addedAt = LONG_AGO): Promise<Kept> {
  const api = { name: 'payments', environment: 'live', scheme: 'subscription' };
  const { apiId } = (await management.call('POST /v1/apis', { body: api })).body;
  const { clientKey } = (await revealClientKey(apiId)).body;
  await unseal(itemKey.api(apiId), ['sealedClientKey']);
  await keep(`keywright/client-key/${apiId}`, [clientKey], addedAt);
  return { ...(await keptSubscription(addedAt)), apiId, clientKey };
}

async function keptSubscription(addedAt: string): Promise<Pick<Kept, 'subscriptionId' | 'keys'>> {
  const body = { tenantId: TENANT_ID, productId, name: 'Shop' };
  const { subscriptionId } = (await management.call('POST /v1/subscriptions', { body })).body;
  const keys = await reveal(subscriptionId);
  await unseal(subscription(subscriptionId), ['sealedPrimary', 'sealedSecondary']);
  const texts = ['replaced', keys.secondaryKey, keys.primaryKey];
  await keep(`keywright/subscription/${subscriptionId}`, texts, addedAt);
  return { subscriptionId, keys };
}

async function names(): Promise<readonly (string | undefined)[]> {
  return ((await secrets.send(new ListSecretsCommand({}))).SecretList ?? []).map(({ Name }) => Name);
}

async function expectShown({ subscriptionId, apiId, keys, clientKey }: Kept): Promise<void> {
  expect(await reveal(subscriptionId)).toEqual(keys);
  expect((await revealClientKey(apiId)).body).toEqual({ clientKey });
}

test('texts come into their items sealed, and the secrets go when that is asked for', async () => {
  const before = await kept();
  expect((await act(before.subscriptionId, 'keys/reveal')).body).toMatchObject({
    ...{ primaryKey: null, secondaryKey: null },
  });
  const { revision } = (await dynamodb.item(subscription(before.subscriptionId))) as { revision: number };
  expect(await sealKeptKeys(sealing, false)).toMatchObject({ sealed: 3, left: [] });
  expect(await names()).toHaveLength(2);
  expect(await dynamodb.item(subscription(before.subscriptionId))).toMatchObject({ revision });
  await expectShown(before);
  const again = await sealKeptKeys(sealing, true);
  expect([again.sealed, again.done.length, again.left]).toEqual([0, 2, []]);
  expect(await names()).toEqual([]);
  await expectShown(before);
  const stored = JSON.stringify(await dynamodb.everything());
  for (const text of [...Object.values(before.keys), before.clientKey]) expect(stored).not.toContain(text);
});

describe.each([
  ['before', false],
  ['after', true],
])('cut off %s any call to AWS', (_, happens) => {
  test('it goes on where it was, and nothing is lost', async () => {
    for (let step = 0; ; step++) {
      const before = await keptSubscription(LONG_AGO);
      const { answer, calls } = await interruption.during(step, happens, () =>
        sealKeptKeys(sealing, true).catch((error: Error) => error.message),
      );
      expect(step > 0 || typeof answer === 'string').toBe(true);
      expect((await sealKeptKeys(sealing, true)).left).toEqual([]);
      expect(await names()).toEqual([]);
      expect(await reveal(before.subscriptionId)).toEqual(before.keys);
      if (typeof answer !== 'string') {
        expect(calls.at(-1)).toBe('DeleteSecretCommand');
        return;
      }
    }
  });
});

test('a key that is regenerated at any moment is the one that is shown, and the other slot’s stays', async () => {
  const pauses = { left: 0, meanwhile: async (): Promise<unknown> => undefined };
  const kms = localKms(dynamodb);
  const keys = new ShowableKeys(
    new SealedTexts(async (operation, input) => {
      const answer = await kms(operation, input);
      if (pauses.left-- === 0) await pauses.meanwhile();
      return answer;
    }, DATA_KEY),
  );
  for (let step = 0; step < 3; step++) {
    const before = await kept();
    let key = '';
    Object.assign(pauses, {
      left: step,
      meanwhile: async () => {
        key = (await act(before.subscriptionId, 'keys/primary/regenerate')).body.key;
      },
    });
    expect((await sealKeptKeys({ ...sealing, keys }, true)).left).toEqual([]);
    if (key === '') key = before.keys.primaryKey;
    await expectShown({ ...before, keys: { ...before.keys, primaryKey: key } });
  }
});

test('two at once do what one does', async () => {
  const before = await kept();
  const reports = await Promise.all([sealKeptKeys(sealing, true), sealKeptKeys(sealing, true)]);
  expect(reports.map(({ left }) => left)).toEqual([[], []]);
  expect(await names()).toEqual([]);
  await expectShown(before);
});

test('a text that the version before has put beside a sealed one takes its place', async () => {
  const before = await kept();
  await sealKeptKeys(sealing, false);
  const { key } = (await act(before.subscriptionId, 'keys/primary/regenerate')).body;
  const { pk, sk } = subscription(before.subscriptionId);
  // Of a subscription that it regenerates, that version changes the digest and the secret.
  const sealed = await sealing.keys.seal(
    { owner: before.subscriptionId, slot: 'primary' },
    before.keys.primaryKey,
  );
  await dynamodb.main.client.send(
    new UpdateCommand({
      ...{ TableName: dynamodb.main.name, Key: { pk, sk }, UpdateExpression: 'SET sealedPrimary = :sealed' },
      ExpressionAttributeValues: { ':sealed': sealed },
    }),
  );
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: `keywright/subscription/${before.subscriptionId}`,
      SecretString: JSON.stringify({
        keys: [...Object.values(before.keys), key].map((text) => ({ text, addedAt: LONG_AGO })),
      }),
    }),
  );
  expect(await sealKeptKeys(sealing, true)).toMatchObject({ sealed: 1, left: [] });
  await expectShown({ ...before, keys: { ...before.keys, primaryKey: key } });
});

describe('a secret stays', () => {
  test('while a text in it may be about to become a key', async () => {
    const before = await kept(new Date(NOW.getTime() - 3_599_999).toISOString());
    const { sealed, left } = await sealKeptKeys(sealing, true);
    expect([sealed, left.map(({ name }) => name)]).toEqual([
      3,
      [`keywright/subscription/${before.subscriptionId}`],
    ]);
    await expectShown(before);
    expect(await names()).toHaveLength(1);
    const later = { ...sealing, now: () => new Date(NOW.getTime() + 1) };
    expect((await sealKeptKeys(later, true)).left).toEqual([]);
  });

  test('while the pepper does not know whose its texts are', async () => {
    const before = await kept();
    const other = Pepper.parse(JSON.stringify({ current: 'v2', v2: 'q'.repeat(64) }));
    const { sealed, left } = await sealKeptKeys({ ...sealing, pepper: async () => other }, true);
    expect([sealed, left.length, (await names()).length]).toEqual([0, 2, 2]);
    await sealKeptKeys(sealing, true);
    await expectShown(before);
  });
});

test('of what has ended, and of nobody, no text is brought, and the secret goes', async () => {
  const { subscriptionId } = await kept();
  await act(subscriptionId, 'cancel');
  await keep('keywright/subscription/sub_000000000000', ['nobodys']);
  await sealKeptKeys(sealing, true);
  expect(await names()).toEqual([]);
  expect(await dynamodb.item(subscription(subscriptionId))).not.toHaveProperty('sealedPrimary');
});

test.each([
  ['no JSON', 'sub_live_0123'],
  ['no list', '{"keys":"sub_live_0123"}'],
  ['keys without a time', '{"keys":[{"text":"sub_live_0123"}]}'],
  ['nothing', ''],
])(
  'a secret that holds %s stays, shows nothing of it, and holds no other up',
  async (_what, SecretString) => {
    const before = await kept();
    // The name of one that is to be deleted can't be given again.
    const name = `keywright/subscription/sub_${Buffer.from(SecretString).toString('hex')}`;
    await secrets.send(new CreateSecretCommand({ Name: name, SecretString: SecretString || ' ' }));
    const report = await sealKeptKeys(sealing, true);
    expect(report.left).toEqual([{ name, why: 'it does not hold what a secret of keys holds' }]);
    expect(JSON.stringify(report)).not.toContain('sub_live_0123');
    await expectShown(before);
    await secrets.send(new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: 30 }));
  },
);

test('the command says what it did, and what is left to do, and shows no key', async () => {
  const before = await kept();
  const run = (...options: string[]) =>
    promisify(execFile)(process.execPath, ['bin/seal-keys.ts', ...options], {
      env: {
        ...process.env,
        ...{ AWS_ENDPOINT_URL: dynamodb.endpoint, AWS_ENDPOINT_URL_KMS: dynamodb.endpoint },
        ...{ AWS_REGION: 'eu-central-1', KEYWRIGHT_SECRETS_KEY: DATA_KEY },
        ...{ AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey },
      },
    });
  const pepper = {
    Name: 'keywright/pepper',
    SecretString: JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) }),
  };
  await secrets.send(new CreateSecretCommand(pepper));
  expect(await run()).toEqual({
    stdout:
      '3 keys were sealed into their items.\n2 secrets are not needed any more, and may go: run this with --delete-secrets once the new version is deployed.\n',
    stderr: '',
  });
  expect((await run('--delete-secrets')).stdout).toContain(
    '2 secrets are not needed any more, and will be deleted',
  );
  await expectShown(before);
  const fresh = await kept(new Date().toISOString());
  await expect(run('--delete-secrets')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      `^keywright/subscription/${fresh.subscriptionId} stays, since a key was added`,
    ),
  });
});
