import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Table } from '../../core/aws/document-client.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { AwsFixture } from '../support/local-aws.ts';
import {
  accessLine,
  consumerOver,
  countingFiles,
  delivery,
  intercepted,
  LogFiles,
  NOON,
  refusalLine,
  usageTable,
} from '../support/usage.ts';

const fixture = new AwsFixture();
const files = new LogFiles();
let table: Table;
beforeAll(async () => {
  table = await usageTable(fixture);
});
afterAll(() => fixture.close());

const consumer = (open = files.open) => consumerOver(table, countingFiles(table, open));
const requestsOf = async (keyId: string) =>
  (await new UsageStore(table).count({ kind: 'credential', keyId }, '2026-11-22T12')).requests;

test('a file’s lines are counted together, whatever log they stand in; each log is known as far as no earlier file can be missing', async () => {
  const keyId = 'key_infiles00001';
  const line = (id: string, time: number) => accessLine({ id, keyId, secretId: 'one', time });
  const file = files.write([
    delivery([line('f1', NOON), line('f2', NOON + 1_000)], 'DATA_MESSAGE', 'orders'),
    delivery([refusalLine({ id: 'f3', cause: 'key_unknown', time: NOON })], 'DATA_MESSAGE', 'verify'),
    delivery([line('f4', NOON + 2_000)], 'DATA_MESSAGE', 'orders'),
    delivery([line('f5', NOON + 90_000)], 'DATA_MESSAGE', 'catalog'),
  ]);
  await consumer()(file);
  expect(await requestsOf(keyId)).toBe(4);
  const lastUses = new LastUseStore(table);
  expect(await lastUses.lastUseOf(keyId)).toEqual({
    at: '2026-11-22T12:01:30.000Z',
    bySecret: { one: '2026-11-22T12:01:30.000Z' },
    logs: { one: 'eu-central-1:catalog' },
  });
  // 35 minutes before its oldest line in the file.
  expect(await lastUses.heardUntil('eu-central-1:orders')).toBe('2026-11-22T11:25:00.000Z');
  expect(await lastUses.heardUntil('eu-central-1:catalog')).toBe('2026-11-22T11:26:30.000Z');

  await consumer()(file);
  expect(await requestsOf(keyId)).toBe(4);
  // What is not in its counts yet is of its hour all the same, and of no other.
  const hours = async (from: string, to: string) =>
    (await new UsageStore(table).counts({ kind: 'credential', keyId }, from, to)).map(({ period }) => period);
  expect(await hours('2026-11-22T11', '2026-11-22T12')).toEqual(['2026-11-22T12']);
  expect(await hours('2026-11-22T13', '2026-11-22T14')).toEqual([]);
  expect(await hours('2026-11-22T10', '2026-11-22T11')).toEqual([]);
});

test('the counts of a file of many keys take a tenth as many writes as there are keys', async () => {
  const lines = Array.from({ length: 640 }, (_, i) => {
    const keyId = `key_writes${String(i).padStart(6, '0')}`;
    return accessLine({ id: `w${i}`, keyId });
  });
  let transactions = 0;
  const counting = intercepted(table, (operation, request) => {
    if (operation === 'TransactWriteCommand') transactions += 1;
    return request();
  });
  await consumerOver(counting, countingFiles(counting, files.open))(files.write([delivery(lines)]));
  expect(transactions).toBeLessThan(64);
});

test('two files with the same lines are two; two messages of one file with the same lines are one', async () => {
  const lines = [accessLine({ id: 's1', keyId: 'key_twice0000001' })];
  await consumer()(files.write([delivery(lines), delivery(lines)]));
  expect(await requestsOf('key_twice0000001')).toBe(1);
  await consumer()(files.write([delivery(lines)]));
  expect(await requestsOf('key_twice0000001')).toBe(2);
});

test('of a file that is cut off, or holds what is no message, nothing is counted and the call fails', async () => {
  const keyId = 'key_damaged00001';
  const message = {
    messageType: 'DATA_MESSAGE',
    logGroup: 'g',
    logEvents: [accessLine({ id: 'd1', keyId })],
  };
  const whole = gzipSync(`${JSON.stringify(message)}\n`);
  const damaged = [
    whole.subarray(0, whole.length - 9),
    gzipSync(`${JSON.stringify(message)}\nno message\n`),
    gzipSync(`${JSON.stringify(message)}\n{"messageType":"OTHER"}\n`),
    Buffer.from('not compressed'),
  ];
  for (const body of damaged) await expect(consumer()(files.keep(body))).rejects.toThrow();
  expect(await requestsOf(keyId)).toBe(0);
  await consumer()(files.keep(whole));
  expect(await requestsOf(keyId)).toBe(1);
});

test('a file that can’t be opened fails the call, so that it is told of again', async () => {
  const file = files.write([delivery([accessLine({ id: 'o1', keyId: 'key_reopened0001' })])]);
  await expect(consumer(() => Promise.reject(new Error('S3 is away')))(file)).rejects.toThrow('S3 is away');
  await consumer()(file);
  expect(await requestsOf('key_reopened0001')).toBe(1);
});
