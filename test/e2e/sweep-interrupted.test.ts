import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { Interruption } from '../support/interruption.ts';
import { TestManagement } from '../support/management.ts';
import { neverAsked } from '../support/silence.ts';

const DAY_MILLISECONDS = 86_400_000;
const TENANT_ID = 'tenant_acme';
const KEYS = `/v1/tenants/${TENANT_ID}/keys`;

const interruption = new Interruption();
let dynamodb: TestDynamoDb;
let management: TestManagement;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.main.client.middlewareStack.add(interruption.middleware, { step: 'initialize' });
  management = new TestManagement(dynamodb);
  await management.call('POST /v1/tenants', { body: { tenantId: TENANT_ID, name: 'Acme' } });
});
afterAll(() => dynamodb.close());

const inDays = (days: number) => new Date(management.clock.getTime() + days * DAY_MILLISECONDS);

async function create(expiresInDays: number): Promise<string> {
  const expiresAt = inDays(expiresInDays).toISOString();
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer', expiresAt };
  return (await management.call(`POST ${KEYS}`, { body })).body.key.keyId;
}

/** A sweep on the 90th day. */
function run() {
  const dependencies = {
    due: new DueStore(dynamodb.main),
    credentials: new CredentialStore(dynamodb.main),
    keys: management.keys,
    approvals: management.approvals,
    lastUses: management.lastUses,
    silenceOf: neverAsked,
    now: () => inDays(90),
    randomBytes,
  };
  dynamodb.settle();
  return sweep(dependencies, { requestId: 'sweep-1', hasTime: () => true, onFailure: () => {} });
}

test.each([
  ['before', false],
  ['after', true],
])(
  'stopped %s any call to AWS, a sweep has told nothing twice, and the next one tells the rest',
  async (_, happens) => {
    for (let stopAt = 0; ; stopAt++) {
      const keyIds = await Promise.all([create(20), create(20), create(104)]);
      const { calls } = await interruption.during(stopAt, happens, run);
      await run();
      const keys = await Promise.all(keyIds.map((keyId) => management.keys.get(TENANT_ID, keyId)));
      // Two have ended; one is both near its end and unused. Each event counts the revision up by one.
      expect(keys.map((key) => key?.revision)).toEqual([2, 2, 3]);
      expect(await run()).toMatchObject({ examined: 0 });
      if (calls.length < stopAt + (happens ? 1 : 0)) {
        expect(calls.filter((name) => name === 'UpdateItemCommand')).toHaveLength(4);
        return;
      }
    }
  },
  300_000,
);
