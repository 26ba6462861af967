import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startQueueSource } from '../../emulator/aws/queue-source.ts';
import { Sqs } from '../../emulator/aws/sqs.ts';

const arn = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`;
let folder: string;
let sqs: Sqs;
let now: Date;
let calls: string[][];
let answer: (bodies: string[]) => unknown;
let source: { close(): Promise<void> };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-queue-'));
  [now, calls, answer] = [new Date('2026-11-22T12:00:00.000Z'), [], () => undefined];
  sqs = new Sqs(join(folder, 'queues.json'), 'eu-central-1', () => now);
  sqs.create({ QueueName: 'dead' });
  const RedrivePolicy = { deadLetterTargetArn: arn('dead'), maxReceiveCount: 2 };
  sqs.create({ QueueName: 'mail', VisibilityTimeout: 30, RedrivePolicy });
  const invoke = async (event: unknown) => {
    const { Records } = event as { Records: { messageId: string; body: string }[] };
    calls.push(Records.map(({ body }) => body));
    const failed = answer(Records.map(({ body }) => body)) as string[] | undefined;
    const reported = Records.filter(({ body }) => failed?.includes(body));
    return { batchItemFailures: reported.map(({ messageId: itemIdentifier }) => ({ itemIdentifier })) };
  };
  source = startQueueSource(
    { EventSourceArn: arn('mail'), FunctionName: 'f', BatchSize: 10 },
    {
      target: { name: 'f', invoke, warm: async () => {}, stop: async () => {} },
      sqs,
      region: 'eu-central-1',
      log: () => {},
    },
  );
});
afterEach(async () => {
  await source.close();
  rmSync(folder, { recursive: true });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

test('what a function reports comes back when it is visible again, the rest is deleted; at last it is a dead letter', async () => {
  answer = () => ['bad'];
  sqs.send(arn('mail'), 'good');
  sqs.send(arn('mail'), 'bad');
  await until(() => calls.flat().length === 2);
  now = new Date(now.getTime() + 29_000);
  expect(sqs.depth('mail')).toBe(0);
  now = new Date(now.getTime() + 2_000);
  await until(() => calls.flat().length === 3);
  expect(calls.at(-1)).toEqual(['bad']);
  now = new Date(now.getTime() + 31_000);
  await until(() => sqs.depth('dead') === 1);
  expect([calls.flat(), sqs.depth('mail')]).toEqual([['good', 'bad', 'bad'], 0]);
});

test('a function that fails has the whole batch come back', async () => {
  answer = () => {
    throw new Error('down');
  };
  sqs.send(arn('mail'), 'one');
  await until(() => calls.length === 1);
  answer = () => undefined;
  now = new Date(now.getTime() + 31_000);
  await until(() => calls.length === 2);
  expect(calls).toEqual([['one'], ['one']]);
});
