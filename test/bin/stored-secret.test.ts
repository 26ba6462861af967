import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { parseStoredKey } from '../../functions/secret-rotation/stored-key.ts';
import { SECOND_ADMIN } from '../support/management.ts';
import {
  call,
  dynamodb,
  management,
  managementUrl,
  newKey,
  newSubscription,
  secrets,
  startRotations,
  TENANT,
} from '../support/stored-key.ts';

const CLI = join(import.meta.dirname, '../../bin/cli.ts');
const home = mkdtempSync(join(tmpdir(), 'keywright-stored-'));
let close: () => Promise<void>;
beforeAll(async () => {
  close = await startRotations();
});
afterAll(async () => {
  await close();
  rmSync(home, { recursive: true });
});

function keywright(words: readonly string[], changes: Readonly<Record<string, string | undefined>> = {}) {
  const { accessKeyId, secretAccessKey } = dynamodb.aws.credentials;
  const env = {
    PATH: process.env.PATH,
    ...{ HOME: home, XDG_CONFIG_HOME: home, KEYWRIGHT_NO_KEYCHAIN: '1', AWS_EC2_METADATA_DISABLED: 'true' },
    ...{ KEYWRIGHT_URL: managementUrl(), KEYWRIGHT_TOKEN: 'admin', KEYWRIGHT_TENANT: TENANT },
    ...{ AWS_ENDPOINT_URL: dynamodb.endpoint, AWS_REGION: 'eu-central-1' },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    ...changes,
  };
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [CLI, ...words], { env, cwd: home }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
const kept = async (SecretId: string) =>
  (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;

describe('a key that the command puts into Secrets Manager', () => {
  test('can be rotated there, whatever it is of: it says of which tenant it is', async () => {
    const [keyId] = await newKey();
    const [subscriptionId] = await newSubscription();
    const ways = [
      [keyId, ['keys', 'rotate', keyId]],
      [subscriptionId, ['subscriptions', 'reveal', subscriptionId]],
      [subscriptionId, ['subscriptions', 'regenerate', subscriptionId, 'secondary', '--yes']],
    ] as const;
    for (const [i, [id, words]] of ways.entries()) {
      const { code, stderr, stdout } = await keywright([...words, '--to-secrets-manager', `way-${i}`]);
      expect([words, code, stderr]).toEqual([words, 0, expect.any(String)]);
      const { keywright: owner, key } = parseStoredKey(await kept(`way-${i}`));
      expect(owner).toMatchObject({ id, tenant: TENANT });
      expect(key.length).toBeGreaterThan(40);
      expect(stdout + stderr).not.toContain(key);
    }
  });

  test('is not shown once strangers had it, and what to do is said', async () => {
    const [id, key] = await newSubscription();
    expect((await management.call('POST /v1/leaks', { body: { keys: [key] } })).body).toEqual({
      outcomes: ['ended'],
    });
    const { code, stderr } = await keywright([
      'subscriptions',
      'reveal',
      id,
      '--to-secrets-manager',
      'leaked',
    ]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`subscriptions regenerate ${id} primary`)]);
    // Nothing was asked for, and so nothing is on record as shown.
    expect(await dynamodb.lastEvent(itemKey.credential(credentialIdOf(id)))).toMatchObject({
      type: 'apiKey.leaked',
    });
  });

  test('that was claimed is the credential’s, and not the approval’s', async () => {
    const [id] = await newSubscription();
    await call(`PATCH /v1/tenants/${TENANT}`, { settings: { requireApproval: true } });
    const waiting = await keywright(['subscriptions', 'regenerate', id, 'primary', '--yes', '--show-secret']);
    expect(waiting.code).toBe(7);
    const approvalId = waiting.stdout.trim();
    const approve = `POST /v1/approvals/${approvalId}/approve`;
    expect((await management.call(approve, { claims: SECOND_ADMIN, body: {} })).status).toBe(200);
    const claimed = await keywright(['approvals', 'claim', approvalId, '--to-secrets-manager', 'claimed']);
    expect(claimed).toMatchObject({ code: 0, stderr: expect.stringContaining(`Secret of ${id}`) });
    expect(parseStoredKey(await kept('claimed')).keywright).toEqual({
      type: 'subscription',
      id,
      tenant: TENANT,
    });
    const off = `POST /v1/approvals/${await turnedOff()}/approve`;
    expect((await management.call(off, { claims: SECOND_ADMIN, body: {} })).status).toBe(200);
  });

  test('leaves whatever else the secret holds, what its rotation goes by too', async () => {
    const [keyId, secret] = await newKey();
    const keywrightFields = {
      type: 'apiKey',
      id: keyId,
      tenant: TENANT,
      probe: 'https://api.example.com/ok',
    };
    const SecretString = JSON.stringify({
      keywright: keywrightFields,
      key: secret,
      clientKey: 'ck',
      team: 'a',
    });
    await secrets.send(new CreateSecretCommand({ Name: 'shared', SecretString }));
    expect((await keywright(['keys', 'rotate', keyId, '--to-secrets-manager', 'shared'])).code).toBe(0);
    const { key, ...others } = parseStoredKey(await kept('shared'));
    expect(others).toEqual({ keywright: keywrightFields, clientKey: 'ck', team: 'a' });
    expect(key).not.toBe(secret);
  });

  test.each([
    ['without a Region', { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined }, 2],
    ['without credentials', { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }, 2],
    ['with others’ credentials', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 4],
  ])('is not made %s: nothing is done where it could not be put', async (_, changes, code) => {
    const [keyId] = await newKey();
    const answer = await keywright(['keys', 'rotate', keyId, '--to-secrets-manager', 'nowhere'], changes);
    expect(answer).toMatchObject({ code, stderr: expect.stringContaining('nothing was made') });
    const { secrets: live } = await call(`GET /v1/tenants/${TENANT}/keys/${keyId}`);
    expect(live).toHaveLength(1);
    expect(existsSync(join(home, 'keywright'))).toBe(false);
  });

  test('is not made where the secret holds what would be lost', async () => {
    const [keyId] = await newKey();
    await secrets.send(new CreateSecretCommand({ Name: 'password', SecretString: 'hunter2' }));
    const answer = await keywright(['keys', 'rotate', keyId, '--to-secrets-manager', 'password']);
    expect(answer).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was made') });
    expect(answer.stderr).not.toContain('hunter2');
    expect(await kept('password')).toBe('hunter2');
  });
});

test('a repeat that has no secret any more does not end as if it were stored', async () => {
  const words = ['keys', 'create', '--name', 'Twice', '--type', 'secret', '--environment', 'sandbox'];
  const twice = [...words, '--role', 'reader', '--idempotency-key', 'abc'];
  const first = await keywright([...twice, '--secret-file', join(home, 'first.key')]);
  expect(first.code).toBe(0);
  const second = await keywright([...twice, '--secret-file', join(home, 'second.key')]);
  expect(second).toMatchObject({ code: 6, stderr: expect.stringContaining('Nothing was stored') });
  expect(existsSync(join(home, 'second.key'))).toBe(false);
  const shown = await keywright([...twice, '--show-secret', '--json']);
  expect(shown.code).toBe(0);
  expect(JSON.parse(shown.stdout).key.name).toBe('Twice');
});

test('with --quiet a secret is never what a script takes for an id', async () => {
  const words = ['keys', 'create', '--name', 'Quiet', '--type', 'secret', '--environment', 'sandbox'];
  const made = await keywright([...words, '--role', 'reader', '--quiet', '--show-secret']);
  expect(made).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--quiet') });
  const file = join(home, 'quiet.key');
  const there = await keywright([...words, '--role', 'reader', '--quiet', '--secret-file', file]);
  expect(there.stdout).toMatch(/^key_[0-9A-Za-z]{12}\n$/);
});

test('a secret as an argument is warned of, in every command that takes one, and one in a variable is not', async () => {
  const variables = { '--token': 'KEYWRIGHT_TOKEN', '--client-key': 'KEYWRIGHT_CLIENT_KEY' };
  const commands = [
    ['--token', 'whoami', '--token', 'admin'],
    ['--token', 'keys', 'list', '--token=admin'],
    ['--client-key', 'try', 'api_000000000000', 'GET', '/v1/orders', '--client-key', 'ck_secret'],
  ] as const;
  for (const [option, ...words] of commands) {
    const { stderr } = await keywright(words, { KEYWRIGHT_TOKEN: undefined });
    expect(stderr).toMatch(new RegExp(`^warning: ${option}: an argument stays .*${variables[option]}$`, 'm'));
    expect(stderr).not.toMatch(/admin|ck_secret/);
  }
  expect((await keywright(['whoami'])).stderr).not.toContain('warning');
});

test.each(['eyJabc\ntail', 'eyJabc tail', 'eyJabc…', 'Bearer eyJabc'])(
  'a token that is none is not repeated: %j',
  async (token) => {
    const answer = await keywright(['keys', 'list'], { KEYWRIGHT_TOKEN: token });
    expect(answer).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('access token') });
    expect(answer.stderr).not.toContain('eyJabc');
  },
);

/** The id of the approval that ends four eyes. */
async function turnedOff(): Promise<string> {
  const path = `PATCH /v1/tenants/${TENANT}`;
  const { body } = await management.call(path, { body: { settings: { requireApproval: false } } });
  return body.approval.approvalId;
}
