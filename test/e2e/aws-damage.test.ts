import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { AwsServer } from '../../emulator/aws-server.ts';
import { AwsFixture, clientOptions } from '../support/local-aws.ts';
import { callSqs } from '../support/sqs.ts';
import { TABLE } from '../support/things-table.ts';

const TableName = TABLE.TableName;
let fixture: AwsFixture;
let server: AwsServer;

/** A data folder in which every service has written something, and no server. */
beforeEach(async () => {
  fixture = new AwsFixture();
  server = await fixture.start();
  await server.createTable(TABLE);
  server.createSecret({ Name: 'pepper', SecretString: 'hidden' });
  server.createKey('signing', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  server.createQueue({ QueueName: 'dead' });
  await callSqs(server, 'SendMessage', { QueueUrl: 'x/dead', MessageBody: 'x' });
  await putEvent();
  const db = fixture.documents(server);
  for (let i = 0; i < 100; i += 1)
    await db.put({ TableName, Item: { pk: `p${i}`, sk: 's', long: `${Math.random()}`.repeat(100) } });
  await server.close();
});
afterEach(() => fixture.close());

async function putEvent() {
  const client = new EventBridgeClient(clientOptions(server));
  await client.send(new PutEventsCommand({ Entries: [{ Source: 's', DetailType: 't', Detail: '{}' }] }));
  client.destroy();
}

const path = (name: string) => join(fixture.dataDir, name);

/** The one file of the database whose name fits. */
function databaseFile(pattern: RegExp): string {
  const folder = path('dynamodb');
  return join(folder, readdirSync(folder).find((name) => pattern.test(name)) ?? '');
}

/** Overwrites a quarter of a file, from its first quarter on. */
function scribble(file: string) {
  const content = readFileSync(file);
  writeFileSync(file, content.fill('X', content.length >> 2, content.length >> 1));
}

async function expectRefusal(...texts: string[]) {
  const start = fixture.start();
  await expect(start).rejects.toMatchObject({ name: 'StartError' });
  const { message } = await start.then(
    () => new Error(),
    (error: Error) => error,
  );
  for (const text of texts) expect(message).toContain(text);
  expect(message).not.toContain('\n');
  expect(message).not.toContain('hidden');
}

test.each(['secrets.json', 'queues.json', 'kms.json'])('a damaged %s is named', async (name) => {
  writeFileSync(path(name), readFileSync(path(name)).subarray(0, -20));
  await expectRefusal(path(name), 'damaged');
});

test('a damaged line of the events is named; a torn last line is cut off', async () => {
  const file = path('events.ndjson');
  const sound = readFileSync(file, 'utf8');
  appendFileSync(file, '{"bus":"default","ev');
  server = await fixture.start();
  expect(readFileSync(file, 'utf8')).toBe(sound);
  await putEvent();
  await server.close();
  expect(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toHaveLength(2);

  writeFileSync(file, `{"bus":"default","ev\n${sound}`);
  await expectRefusal(`Line 1 of ${file}`, 'damaged');
});

test('a damaged line of the log streams is named', async () => {
  const file = path('log-streams.ndjson');
  writeFileSync(file, '{"group":"a","str\n{"group":"a","stream":"b"}\n');
  await expectRefusal(`Line 1 of ${file}`, 'damaged');
});

test.each([
  ['CURRENT', /^CURRENT$/],
  ['the manifest', /^MANIFEST/],
  ['the write-ahead log', /\.log$/],
])('a database is refused when %s is damaged', async (_, file) => {
  scribble(databaseFile(file));
  await expectRefusal(path('dynamodb'), 'damaged', 'Put back a copy');
});

test('a database is refused when a table file is damaged', async () => {
  // Opening moves what the log holds into a table file.
  await (await fixture.start()).close();
  scribble(databaseFile(/\.ldb$/));
  await expectRefusal(path('dynamodb'), 'damaged', 'Put back a copy');
});

test('a database is refused when its write-ahead log is something else', async () => {
  writeFileSync(databaseFile(/\.log$/), 'something else');
  await expectRefusal(path('dynamodb'), 'damaged');
});

test('a write-ahead log that ends in the middle of a record loses that record only', async () => {
  const log = databaseFile(/\.log$/);
  truncateSync(log, readFileSync(log).length - 1000);
  server = await fixture.start();
  await server.createTable(TABLE);
  const { Count } = await fixture.documents(server).scan({ TableName });
  expect(Count).toBe(99);
});

test('a data folder that another server has open is refused', async () => {
  await fixture.start();
  await expectRefusal(path('dynamodb'), 'open in another process');
});

test('a port in use is refused, and leaves the data folder free', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  fixture.onClose(() => other.close());
  const { port } = other.address() as AddressInfo;
  await expect(fixture.start({ port })).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining(`Port ${port} is in use`),
  });
  await fixture.start();
});
