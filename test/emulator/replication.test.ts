import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RegionLink, type Replica, replicateSecret, replicateTable } from '../../emulator/aws/replication.ts';
import { type AwsServer, startAwsServer } from '../../emulator/aws-server.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { fetchOperation, signedFetch } from '../support/signed-fetch.ts';

const TableName = 'things';
const TABLE = {
  TableName,
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
};

const folder = mkdtempSync(join(tmpdir(), 'keywright-replication-'));
const link = new RegionLink();
let main: AwsServer;
let other: AwsServer;
let replica: Replica;
let copies: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  const start = (region: string, options: object = {}) =>
    startAwsServer({
      ...{ dataDir: join(folder, region), region, credentials: CREDENTIALS, log: () => undefined },
      ...options,
    });
  main = await start('eu-central-1');
  other = await start('eu-west-1', {
    elsewhere: (region: string) => (region === 'eu-central-1' ? main.listener : undefined),
  });
  for (const server of [main, other]) await server.createTable(TABLE);
  main.createSecret({ Name: 'pepper', SecretString: 'first' });
  copies = await startCopies();
});
afterAll(async () => {
  for (const each of [...copies, main, other]) await each.close();
  rmSync(folder, { recursive: true });
});

async function startCopies() {
  replica = await replicateTable(TableName, main, { to: other, link });
  return [replica, replicateSecret('pepper', main, { to: other, link })];
}

test('a key’s replica opens in the other Region what was sealed with the key, for the same context', async () => {
  main.createKey('mrk-1', {});
  other.kms.replicate('mrk-1', main.kms);
  const Plaintext = Buffer.from('sub_live_text').toString('base64');
  const EncryptionContext = { owner: 'sub_1' };
  const { CiphertextBlob } = (await main.kms.handle('Encrypt', {
    KeyId: 'mrk-1',
    Plaintext,
    EncryptionContext,
  })) as {
    CiphertextBlob: string;
  };
  const open = (context: object) =>
    other.kms.handle('Decrypt', { KeyId: 'mrk-1', CiphertextBlob, EncryptionContext: context });
  expect(await open(EncryptionContext)).toMatchObject({
    Plaintext,
    KeyId: expect.stringContaining('eu-west-1'),
  });
  await expect(open({ owner: 'sub_2' })).rejects.toMatchObject({ type: 'InvalidCiphertextException' });
  main.createKey('single', {});
  const single = (await main.kms.handle('Encrypt', { KeyId: 'single', Plaintext })) as {
    CiphertextBlob: string;
  };
  await expect(other.kms.handle('Decrypt', single)).rejects.toMatchObject({ type: 'NotFoundException' });
  expect(() => other.kms.replicate('nobody', main.kms)).toThrow('there is no key nobody');
});

const put = (pk: string, n: number) =>
  main.dynamodb.handle('PutItem', { TableName, Item: { pk: { S: pk }, n: { N: `${n}` } } });
const remove = (pk: string) => main.dynamodb.handle('DeleteItem', { TableName, Key: { pk: { S: pk } } });

async function itemsThere(): Promise<Record<string, number>> {
  const { Items } = (await other.dynamodb.handle('Scan', { TableName })) as {
    Items: { pk: { S: string }; n: { N: string } }[];
  };
  return Object.fromEntries(Items.map(({ pk, n }) => [pk.S, Number(n.N)]));
}

async function untilThere(items: Record<string, number>): Promise<void> {
  while (
    JSON.stringify(Object.entries(await itemsThere()).sort()) !== JSON.stringify(Object.entries(items).sort())
  )
    await new Promise(setImmediate);
}

test('changes come in their order, deletions too, and a copy hears of all that a partition held back', async () => {
  await put('a', 1);
  await put('b', 1);
  await untilThere({ a: 1, b: 1 });
  link.set({ partitioned: true });
  for (const n of [2, 3]) await put('a', n);
  await remove('b');
  await put('b', 9);
  await remove('b');
  await put('a', 4); // last, so that no state on the way reads like the end
  main.createSecret({ Name: 'unrelated', SecretString: 'x' });
  expect(await itemsThere()).toEqual({ a: 1, b: 1 });
  link.set({ partitioned: false });
  await untilThere({ a: 4 });
});

test('a delay holds for what is under way, and ends when it is taken back', async () => {
  link.set({ delayMs: 600_000 });
  await put('late', 1);
  expect(await itemsThere()).toEqual({ a: 4 });
  link.set({ delayMs: 0 });
  await untilThere({ a: 4, late: 1 });
});

test('what was written while nothing was copied is there after the next start, and what was deleted is not', async () => {
  for (const copy of copies) await copy.close();
  await remove('late');
  await put('a', 5);
  await put('new', 1);
  copies = await startCopies();
  expect(await itemsThere()).toEqual({ a: 5, new: 1 });
});

test('a secret is the same there, under the ARN of that Region, and its next value follows', async () => {
  expect(other.textOfSecret('pepper')).toBe('first');
  await fetchOperation(main.url, 'secretsmanager', 'secretsmanager.PutSecretValue', {
    SecretId: 'pepper',
    SecretString: 'second',
  });
  while (other.textOfSecret('pepper') !== 'second') await new Promise(setImmediate);
  const described = await other.secrets.handle('DescribeSecret', { SecretId: 'pepper' });
  expect(described).toMatchObject({ ARN: expect.stringContaining(':secretsmanager:eu-west-1:') });
});

test('a call goes to the Region that it is signed for, and to no other', async () => {
  const ask = async (url: string, region: string) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'secretsmanager.DescribeSecret',
    };
    const body = JSON.stringify({ SecretId: 'unrelated' });
    return (await signedFetch(url, 'secretsmanager', { headers, body, region })).status;
  };
  expect(await ask(other.url, 'eu-central-1')).toBe(200);
  // It was not copied.
  expect(await ask(other.url, 'eu-west-1')).toBe(400);
  expect(await ask(main.url, 'eu-west-1')).toBe(400);
  expect(await ask(other.url, 'us-east-1')).toBe(400);
});

test('a strongly consistent table acknowledges what its copy has', async () => {
  main.dynamodb.acknowledgeOnceCopied(TableName, () => replica.caughtUp());
  await put('strong', 1);
  expect(await itemsThere()).toMatchObject({ strong: 1 });
  // Nothing changes, so nothing is to be copied.
  await put('strong', 1);
  link.set({ partitioned: true });
  const writes = [put('strong', 2), put('stronger', 1)];
  let isAcknowledged = false;
  void Promise.race(writes).then(() => {
    isAcknowledged = true;
  });
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  expect(isAcknowledged).toBe(false);
  link.set({ partitioned: false });
  await Promise.all(writes);
  expect(await itemsThere()).toMatchObject({ strong: 2, stronger: 1 });
});
