import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Table } from '../../core/aws/document-client.ts';
import { serviceClock } from '../../core/aws/service-clock.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';
import { neverAsked } from '../support/silence.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TENANT = 'tenant_acme';

let dynamodb: TestDynamoDb;
let management: TestManagement;
/** What DynamoDB's answers say that the time is; undefined for nothing. */
let date: (() => string) | undefined;
let clients: DynamoDBDocumentClient[];
let start: number;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  await new TestManagement(dynamodb).call('POST /v1/tenants', { body: { tenantId: TENANT, name: 'Acme' } });
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  clients = [];
  renew();
});
afterEach(() => {
  for (const client of clients) client.destroy();
});

function renew(): void {
  management = new TestManagement(dynamodb);
  start = management.clock.getTime();
  time = start;
  date = () => new Date(time).toUTCString();
}

/** The true time. */
let time: number;

/** A table as an execution environment has it, and its clock. */
function environment(
  own: () => number,
  elapsed: () => number = () => time,
): { table: Table; now: () => Date } {
  const plain = new DynamoDBClient({
    endpoint: dynamodb.endpoint,
    region: 'eu-central-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
  // Signatures are checked by the clock of this machine, which the SDK would correct by the dates below.
  Object.defineProperty(plain.config, 'systemClockOffset', { get: () => 0, set: () => undefined });
  const client = DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true } });
  clients.push(client);
  const now = serviceClock(client, () => new Date(own()), elapsed);
  client.middlewareStack.add(dated as never, { step: 'deserialize', priority: 'low', name: 'dated' });
  return { table: { client, name: dynamodb.main.name }, now };
}

type Answer = { response: { headers: Record<string, string> } };

/** Puts the date of the test's own time on an answer. */
const dated = (next: (parameters: object) => Promise<Answer>) => async (parameters: object) => {
  const result = await next(parameters);
  const { date: _, ...others } = result.response.headers;
  result.response.headers = { ...others, ...(date && { date: date() }) };
  return result;
};

const failures: string[] = [];

/** A run of the sweep whose machine's clock is off by so much. */
function run({ table, now }: ReturnType<typeof environment>) {
  const dependencies = {
    due: new DueStore(table),
    credentials: new CredentialStore(table),
    keys: new KeyStore(table),
    approvals: new ApprovalStore(table),
    lastUses: management.lastUses,
    silenceOf: neverAsked,
    now,
    randomBytes,
  };
  dynamodb.settle();
  return sweep(dependencies, {
    requestId: 'sweep-1',
    hasTime: () => true,
    onFailure: (what, cause) => void failures.push(`${what}: ${cause}`),
  });
}

async function newKey(endsAt: number | undefined): Promise<string> {
  management.clock = new Date(time);
  const expiresAt = endsAt === undefined ? null : new Date(endsAt).toISOString();
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer', expiresAt };
  return (await management.call(`POST /v1/tenants/${TENANT}/keys`, { body })).body.key.keyId;
}

async function toldOf(id: string): Promise<readonly AuditEvent[]> {
  const told = (await dynamodb.emitted()).filter(
    ({ actor, subject }) => actor.type === 'system' && subject.id === id,
  );
  return told;
}

describe('a sweep whose clock runs ahead', () => {
  test.each([
    ['a minute', 60_000],
    ['an hour', HOUR],
    ['a year', 365 * DAY],
  ])('by %s tells of no end before it has come, and of each once it has', async (_, ahead) => {
    const keyId = await newKey(start + 20 * DAY);
    const early = environment(() => time + ahead);
    time = start + 20 * DAY - 30_000;
    expect((await run(early)).failed).toBe(0);
    await run(environment(() => time + ahead));
    expect((await toldOf(keyId)).map(({ type }) => type)).not.toContain('apiKey.expired');
    time = start + 20 * DAY + 2000;
    await run(early);
    await run(environment(() => time));
    const ends = (await toldOf(keyId)).filter(({ type }) => type === 'apiKey.expired');
    expect(ends).toHaveLength(1);
    expect(Date.parse(ends[0]?.time ?? '')).toBeGreaterThanOrEqual(start + 20 * DAY);
    expect(Date.parse(ends[0]?.time ?? '')).toBeLessThanOrEqual(time);
  });

  test('lapses no approval early', async () => {
    const settings = { settings: { requireApproval: true } };
    const tenantId = 'tenant_four_eyes';
    await management.call('POST /v1/tenants', { body: { tenantId, name: 'Four eyes' } });
    await management.call(`PATCH /v1/tenants/${tenantId}`, { body: settings });
    const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
    const { approval } = (await management.call(`POST /v1/tenants/${tenantId}/keys`, { body })).body;
    time = start + DAY - 60_000;
    await run(environment(() => time + HOUR));
    expect((await management.approvals.get(approval.approvalId))?.state).toBe('pending');
    time = start + DAY + 2000;
    await run(environment(() => time + HOUR));
    expect((await management.approvals.get(approval.approvalId))?.state).toBe('lapsed');
  });

  test('does not count as late what is not due', async () => {
    await newKey(start + 20 * DAY);
    time = start + 5 * DAY;
    expect((await run(environment(() => time + 10 * DAY))).lagSeconds).toBe(0);
  });
});

test('a sweep that gets no time from DynamoDB takes no step that can’t be taken back', async () => {
  const keyId = await newKey(start + 20 * DAY);
  time = start + 30 * DAY;
  for (const said of [undefined, () => 'yesterday']) {
    date = said;
    expect((await run(environment(() => time))).failed).toBeGreaterThan(0);
  }
  expect(await toldOf(keyId)).toEqual([]);
  date = () => new Date(time).toUTCString();
  await run(environment(() => time));
  expect((await toldOf(keyId)).map(({ type }) => type)).toEqual(['apiKey.expired']);
});

const step = fc.record({
  hours: fc.integer({ min: 1, max: 24 * 9 }),
  offHours: fc.constantFrom(0, 0, 1, 30, 500, -1, -30),
  /** How much of the time since its last run the monotonic clock of a frozen environment has seen. */
  share: fc.constantFrom(1, 0.5, 0),
  isNew: fc.boolean(),
});

test('whichever clocks the sweeps have, what they tell is true, and every end is told once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      async (steps, days) => {
        renew();
        const end = start + days * DAY;
        const keyId = await newKey(end);
        let monotonic = 0;
        let off = 0;
        let kept = environment(
          () => time + off,
          () => monotonic,
        );
        for (const { hours, offHours, share, isNew } of steps) {
          time += hours * HOUR;
          monotonic += hours * HOUR * share;
          off = offHours * HOUR;
          if (isNew) {
            const own = off;
            kept = environment(
              () => time + own,
              () => monotonic,
            );
          }
          await run(kept);
          for (const { type, time: at, data } of await toldOf(keyId)) {
            expect(Date.parse(at)).toBeLessThanOrEqual(time);
            if (type === 'apiKey.expired') expect(time).toBeGreaterThanOrEqual(end);
            if (type === 'apiKey.expiring') {
              expect(data.daysLeft).toBe(Math.ceil((end - Date.parse(at)) / DAY));
              expect(time).toBeGreaterThanOrEqual(end - 14 * DAY);
            }
          }
        }
        time = Math.max(time, end) + HOUR;
        await run(environment(() => time));
        const types = (await toldOf(keyId)).map(({ type }) => type);
        expect(types.filter((type) => type === 'apiKey.expired')).toHaveLength(1);
        expect(types.at(-1)).toBe('apiKey.expired');
      },
    ),
    { numRuns: 12 },
  );
});
