import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { documentClient } from '../support/local-aws.ts';
import { TABLE } from '../support/things-table.ts';

const TableName = TABLE.TableName;
const SCRIPT = new URL('../support/aws-server-process.ts', import.meta.url);
const KILLS = 6;
const ITEMS = 6;
const WRITES_PER_ROUND = 60;

let folder: string;
let received: string;
let child: ChildProcess | undefined;
let db: DynamoDBDocument | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-crash-'));
  received = join(folder, 'received.ndjson');
});
afterEach(async () => {
  await kill();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<DynamoDBDocument> {
  child = fork(SCRIPT, [join(folder, 'data'), received], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The server ended with ${code} before it was ready`);
  });
  const [url] = await Promise.race([once(child, 'message'), ended]);
  // It will be ended on purpose later.
  ended.catch(() => undefined);
  db = documentClient({ url });
  return db;
}

async function kill(): Promise<void> {
  db?.destroy();
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Writes to one item until the server is gone; returns what was acknowledged, in order. */
async function write(
  client: DynamoDBDocument,
  pk: string,
  next: { n: number },
  acknowledge: () => void,
): Promise<number[]> {
  const acknowledged: number[] = [];
  for (;;) {
    next.n += 1;
    const { n } = next;
    try {
      if (n % 7 === 0) await client.delete({ TableName, Key: { pk, sk: 's' } });
      else
        await client.put({
          TableName,
          Item: {
            pk,
            sk: 's',
            n,
            listPk: `list${n % 3}`,
            listSk: `${pk}#${n % 5}`,
            name: 'x'.repeat(n % 50),
          },
        });
      if (n % 7 !== 0) acknowledged.push(n);
      acknowledge();
    } catch {
      return acknowledged;
    }
  }
}

/** What the consumer got, each record once: a killed process may have been given some of them again. */
function deliveries(): DynamoDBRecord[] {
  if (!existsSync(received)) return [];
  const lines = readFileSync(received, 'utf8').split('\n').slice(0, -1);
  return [
    ...new Map(lines.map((line) => JSON.parse(line) as DynamoDBRecord).map((r) => [r.eventID, r])).values(),
  ];
}

test('after kill -9 at any moment every acknowledged write has one record, in order, and the index agrees', async () => {
  const counters = Array.from({ length: ITEMS }, () => ({ n: 0 }));
  const acknowledged: number[][] = counters.map(() => []);
  for (let round = 0; round < KILLS; round += 1) {
    const client = await start();
    const busy = Promise.withResolvers<void>();
    let count = 0;
    const writers = counters.map((counter, i) =>
      write(client, `item${i}`, counter, () => {
        count += 1;
        if (count === WRITES_PER_ROUND) busy.resolve();
      }),
    );
    await busy.promise;
    await delay(Math.random() * 100);
    await kill();
    for (const [i, writer] of writers.entries()) acknowledged[i]?.push(...(await writer));
  }

  const client = await start();
  await client.put({ TableName, Item: { pk: 'end', sk: 's' } });
  while (!deliveries().some((record) => record.dynamodb?.Keys?.pk?.S === 'end')) await delay(20);
  const records = deliveries();
  const sequence = records.map((record) => record.dynamodb?.SequenceNumber ?? '');
  expect(new Set(sequence).size).toBe(records.length);
  expect(sequence).toEqual([...sequence].sort());

  for (const [i, numbers] of acknowledged.entries()) {
    const own = records.filter((record) => record.dynamodb?.Keys?.pk?.S === `item${i}`);
    const written = own.flatMap((record) => record.dynamodb?.NewImage?.n?.N ?? []).map(Number);
    expect(written).toEqual([...new Set(written)].sort((a, b) => a - b));
    expect(written).toEqual(expect.arrayContaining(numbers));
    for (const [k, record] of own.entries())
      expect(record.dynamodb?.OldImage).toEqual(k === 0 ? undefined : own[k - 1]?.dynamodb?.NewImage);
  }

  await expectImagesToMakeTheTable(client, records);
}, 60_000);

test('after kill -9 at any moment a transaction has written all its items or none', async () => {
  let last = 0;
  const acknowledged: number[] = [];
  for (let round = 0; round < KILLS; round += 1) {
    const client = await start();
    const busy = Promise.withResolvers<void>();
    const writers = Array.from({ length: 4 }, async () => {
      for (let count = 0; ; count += 1) {
        last += 1;
        const n = last;
        try {
          await client.transactWrite({ TransactItems: transactionOf(n) });
        } catch {
          return;
        }
        acknowledged.push(n);
        if (count === WRITES_PER_ROUND) busy.resolve();
      }
    });
    await busy.promise;
    await delay(Math.random() * 100);
    await kill();
    await Promise.all(writers);
  }

  const client = await start();
  await client.put({ TableName, Item: { pk: 'end', sk: 's' } });
  while (!deliveries().some((record) => record.dynamodb?.Keys?.pk?.S === 'end')) await delay(20);
  const { Items = [] } = await client.scan({ TableName });
  const written = Items.filter((item) => item.pk === 'left').map((item) => item.n);
  expect(written).toEqual(expect.arrayContaining(acknowledged));
  const right = Items.filter((item) => item.pk === 'right').map((item) => item.n);
  expect(right.sort()).toEqual(written.sort());
  await expectImagesToMakeTheTable(client, deliveries());
}, 60_000);

function transactionOf(n: number) {
  return ['left', 'right'].map((pk) => ({
    Put: { TableName, Item: { pk, sk: String(n), n, listPk: `list${n % 3}`, listSk: String(n) } },
  }));
}

/** Applying the new images to nothing gives the table, and the index lists exactly the table's items. */
async function expectImagesToMakeTheTable(client: DynamoDBDocument, records: DynamoDBRecord[]) {
  const replayed = new Map<string, number>();
  for (const { dynamodb } of records) {
    const key = `${dynamodb?.Keys?.pk?.S}/${dynamodb?.Keys?.sk?.S}`;
    if (dynamodb?.NewImage) replayed.set(key, Number(dynamodb.NewImage.n?.N ?? 0));
    else replayed.delete(key);
  }
  const { Items = [] } = await client.scan({ TableName });
  expect(new Map(Items.map((item) => [`${item.pk}/${item.sk}`, item.n ?? 0]))).toEqual(replayed);

  const listed = await client.scan({ TableName, IndexName: 'list' });
  const entry = ({ pk, listPk, listSk, name }: Record<string, unknown>) => [pk, listPk, listSk, name].join();
  const expected = Items.filter((item) => item.listPk).map(entry);
  expect((listed.Items ?? []).map(entry).sort()).toEqual(expected.sort());
}
