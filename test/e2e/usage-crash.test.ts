import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Table } from '../../core/aws/document-client.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { AwsFixture } from '../support/local-aws.ts';
import {
  accessLine,
  consumerOver,
  countingFiles,
  delivery,
  fileLine,
  intercepted,
  type Line,
  LogFiles,
  usageTable,
} from '../support/usage.ts';

const fixture = new AwsFixture();
const files = new LogFiles();
let table: Table;
beforeAll(async () => {
  table = await usageTable(fixture);
});
afterAll(() => fixture.close());

const HOUR = '2026-11-22T12';
const DAY = '2026-11-22';

function consumer(on: Table) {
  return consumerOver(on, countingFiles(on, files.open));
}

const countOf = (keyId: string, period = HOUR) =>
  new UsageStore(table).count({ kind: 'credential', keyId }, period);

/** A consumer whose process ends at its `step`-th request to DynamoDB, before it is made or unanswered. */
function dyingConsumer(step: number, when: 'before' | 'after') {
  let requests = 0;
  return consumer(
    intercepted(table, async (_, request) => {
      requests += 1;
      if (requests > step) throw new Error('this process has ended');
      const result = requests < step || when === 'after' ? await request() : undefined;
      if (requests === step) throw new Error('this process has ended');
      return result;
    }),
  );
}

/** Delivers a batch as Lambda does: three times at most, where parts of it met others' writes too often. */
async function deliver(event: Told, attempts = 3): Promise<void> {
  try {
    await consumer(table)(event);
  } catch (error) {
    if (attempts === 1) throw error;
    await deliver(event, attempts - 1);
  }
}

/** Batches of lines, as told by lists of key numbers, and how their deliveries go. */
const traffic = fc.record({
  batches: fc.array(fc.array(fc.integer({ min: 0, max: 70 }), { minLength: 1, maxLength: 60 }), {
    minLength: 1,
    maxLength: 4,
  }),
  deaths: fc.array(
    fc.record({
      batch: fc.nat(),
      step: fc.integer({ min: 1, max: 12 }),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
    { maxLength: 6 },
  ),
  order: fc.infiniteStream(fc.nat()),
  together: fc.boolean(),
});
let runs = 0;

type Told = Parameters<ReturnType<typeof consumer>>[0];

/**
 * A batch as it is told of: a delivery, a file that holds it in two messages and the first one twice, or a file of a
 * REST API's lines, half of them twice, with one that breaks off.
 */
const TELLING: Readonly<Record<'deliveries' | 'files' | 'request files', (lines: readonly Line[]) => Told>> =
  {
    deliveries: (lines: readonly Line[]) => delivery(lines.map(accessLine)),
    files: (lines: readonly Line[]) => {
      const half = Math.ceil(lines.length / 2);
      const [first, second] = [lines.slice(0, half), lines.slice(half)].map((some, i) =>
        delivery(some.map(accessLine), 'DATA_MESSAGE', `log-${i}`),
      );
      const trial = delivery([], 'CONTROL_MESSAGE');
      return files.write([trial, first, second, first].filter((each) => each !== undefined));
    },
    'request files': (lines) => {
      const written = lines.map(fileLine);
      const half = written.slice(0, Math.ceil(lines.length / 2));
      return files.writeRequests([...written, ...half, written[0]?.slice(0, 40)].join(''));
    },
  };

test.each(['deliveries', 'files', 'request files'] as const)(
  'counts of %s stay exact, however batches are cut off, repeated, reordered and delivered at once',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(traffic, async ({ batches, deaths, order, together }) => {
        runs += 1;
        const run = String(runs).padStart(4, '0');
        const keyOf = (key: number) => `key_run${run}x${String(key).padStart(4, '0')}`;
        const lines = batches.map((keys, batch) =>
          keys.map((key, i): Line => ({ id: `${run}-${batch}-${i}`, keyId: keyOf(key), secretId: 'one' })),
        );
        const events = lines.map(TELLING[kind]);
        const eventAt = (index: number) => events[index % events.length] ?? delivery([]);
        for (const { batch, step, when } of deaths) {
          await dyingConsumer(step, when)(eventAt(batch)).catch(() => undefined);
        }
        const repeats = [...order.take(4)].map(eventAt);
        const deliveries = [...repeats, ...events.toReversed()];
        if (together) await Promise.all(deliveries.map((event) => deliver(event)));
        else for (const event of deliveries) await deliver(event);

        const expected = new Map<string, number>();
        for (const { keyId = '' } of lines.flat()) expected.set(keyId, (expected.get(keyId) ?? 0) + 1);
        for (const [keyId, requests] of expected) {
          const count = await countOf(keyId);
          expect([keyId, count.requests, count.statuses]).toEqual([keyId, requests, { 200: requests }]);
        }
      }),
      // A counterexample takes as long to be made small as the whole test may last.
      { numRuns: 12, endOnFailure: true },
    );
  },
);

test('counts stay exact for a batch of many keys that is cut off after each of its steps', async () => {
  const lines = Array.from({ length: 120 }, (_, i) =>
    accessLine({
      id: `steps-${i}`,
      keyId: `key_steps${String(i).padStart(7, '0')}`,
      tenantId: 'tenant_steps',
    }),
  );
  // 240 counts of keys and 2 of the tenant take three transactions.
  for (const step of [1, 2, 3]) {
    await expect(dyingConsumer(step, 'before')(delivery(lines))).rejects.toThrow('has ended');
    await expect(dyingConsumer(step, 'after')(delivery(lines))).rejects.toThrow('has ended');
  }
  await consumer(table)(delivery(lines.toReversed()));
  const tenant = {
    kind: 'tenant',
    tenantId: 'tenant_steps',
    environment: 'live',
    keyType: 'secret',
  } as const;
  expect((await new UsageStore(table).count(tenant, HOUR)).requests).toBe(120);
  expect((await countOf('key_steps0000119', DAY)).requests).toBe(1);
});
