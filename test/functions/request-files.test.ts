import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Table } from '../../core/aws/document-client.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { readLogFile } from '../../functions/usage-consumer/log-file.ts';
import { AwsFixture } from '../support/local-aws.ts';
import {
  accessLine,
  consumerOver,
  countingFiles,
  fileLine,
  type Line,
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

const consume = (file: ReturnType<LogFiles['write']>) =>
  consumerOver(table, countingFiles(table, files.open))(file);
const countOf = (keyId: string) =>
  new UsageStore(table).count({ kind: 'credential', keyId }, '2026-11-22T12');
const read = async (text: string) => {
  const [batch] = await readLogFile(files.writeRequests(text), files.open);
  const { accesses = [], refusals = [], unreadable } = batch ?? {};
  return { keyIds: accesses.map(({ caller }) => caller?.keyId), refusals, unreadable };
};
const OWN = 'key_ownlines0001';
const VICTIM = 'key_victimlines1';
const own = (id: string, line: Partial<Line> = {}) => fileLine({ id, keyId: OWN, ...line });

test('lines of a REST API are counted once by the file, by their own time, with the last use of each secret', async () => {
  const keyId = 'key_straight0001';
  const line = (id: string, time: number) =>
    fileLine({ id, keyId, secretId: 'one', time, apiId: 'api_0123456789ab', status: 404 });
  const file = files.writeRequests(line('r1-straight', NOON) + line('r2-straight', NOON + 90_000));
  await consume(file);
  await consume(file);
  expect(await countOf(keyId)).toMatchObject({ requests: 2, statuses: { 404: 2 }, secrets: { one: 2 } });
  const lastUses = new LastUseStore(table);
  const log = 'eu-central-1:some-lines/requests/';
  expect(await lastUses.lastUseOf(keyId)).toEqual({
    at: '2026-11-22T12:01:30.000Z',
    bySecret: { one: '2026-11-22T12:01:30.000Z' },
    logs: { one: log },
  });
  // 35 minutes, in which an earlier file may still be tried, and 15 that a request may take, before its oldest line.
  expect(await lastUses.heardUntil(log)).toBe('2026-11-22T11:10:00.000Z');
});

test('what Firehose repeats in a file is one line; a request id that a caller chose twice is two', async () => {
  const line = own('repeated-line');
  expect((await read(line + line)).keyIds).toEqual([OWN]);
  const chosen = (id: string) => {
    const fields = { ...JSON.parse(own(id)), requestId: '00000000-0000-4000-8000-000000000000' };
    return `${JSON.stringify(fields)}\n`;
  };
  expect((await read(chosen('chosen-one') + chosen('chosen-two'))).keyIds).toEqual([OWN, OWN]);
});

test('a line that is broken, is none of this format or has lines on it besides is passed over alone', async () => {
  const whole = own('whole-line');
  const { extendedRequestId, ...without } = JSON.parse(whole);
  const hostile = [
    whole.slice(0, 60),
    whole.slice(60),
    `${whole.trimEnd()}${own('glued-behind', { keyId: VICTIM }).trimEnd()}`,
    `${whole.trimEnd()} {}`,
    JSON.stringify(without),
    JSON.stringify({ ...without, extendedRequestId: '-' }),
    JSON.stringify({ ...without, extendedRequestId: ['a', 'b'] }),
    JSON.stringify([without]),
    'null',
    '\u0000\ufffd',
    JSON.stringify({ ...without, extendedRequestId, requestTimeEpoch: '-1' }),
    JSON.stringify({ ...without, extendedRequestId, status: '0' }),
  ];
  const { keyIds, unreadable } = await read(`${hostile.map((line) => `${line}\n`).join('')}\n\n${whole}`);
  expect(keyIds).toEqual([OWN]);
  expect(unreadable).toBe(hostile.length);
});

test('the last line need not be ended', async () => {
  expect((await read(own('not-ended').trimEnd())).keyIds).toEqual([OWN]);
});

test('a line there is a request: it can’t pose as a refusal or as a message with the lines of others', async () => {
  const refusal = refusalLine({ id: 'posing', cause: 'wrong_secret', keyId: VICTIM });
  const message = {
    messageType: 'DATA_MESSAGE',
    logGroup: 'g',
    logEvents: [accessLine({ id: 'p', keyId: VICTIM })],
  };
  const text = `${refusal.message}\n${JSON.stringify(message)}\n${own('beside-them')}`;
  expect(await read(text)).toEqual({ keyIds: [OWN], refusals: [], unreadable: 2 });
});

test('whatever a value that breaks out of its quotes says, nobody else is counted and no line is added', async () => {
  await fc.assert(
    fc.asyncProperty(
      // API Gateway takes no header with a line's end in it; everything else may come.
      fc.array(
        fc.oneof(
          fc.string(),
          fc.constantFrom(
            '"',
            '}',
            '{',
            ',',
            '\\',
            `","keyId":"${VICTIM}`,
            `"}${own('x', { keyId: VICTIM }).trimEnd()}`,
          ),
        ),
        { maxLength: 6 },
      ),
      async (parts) => {
        const text = parts.join('').replaceAll(/[\n\r]/g, '');
        const line = own('attacked-line').replace('request-attacked-line', () => text);
        const { keyIds, unreadable } = await read(line + own('beside-it'));
        expect(keyIds.filter((keyId) => keyId !== OWN)).toEqual([]);
        expect(keyIds.length + (unreadable ?? 0)).toBe(2);
      },
    ),
    { numRuns: 200 },
  );
});

test('a file that is cut off is read as a whole or not at all, and an empty one counts nothing', async () => {
  const file = files.writeRequests(own('cut-line-one') + own('cut-line-two'));
  const whole = await new Response(await files.open({ ...file.detail.object, bucket: '' })).arrayBuffer();
  const cut = files.keep(new Uint8Array(whole).slice(0, -9), 'requests/');
  await expect(readLogFile(cut, files.open)).rejects.toThrow();
  expect(await read('')).toEqual({ keyIds: [], refusals: [], unreadable: 0 });
  await consume(files.writeRequests(''));
});
