import type { Table } from '../core/aws/document-client.ts';
import { createKey } from '../core/domain/keys/api-key-lifecycle.ts';
import { createTenant } from '../core/domain/tenants/tenant.ts';
import { KeyStore } from '../core/store/key-store.ts';
import { TenantStore } from '../core/store/tenant-store.ts';
import type { TestManagement } from '../test/support/management.ts';
import { type Figure, percentile } from './harness.ts';
import { withManagement } from './tables.ts';

const KEYS = 10_000;
const AT_ONCE = 50;
const CALLS = 100;
/** Before the first that counts: the function is warm. */
const WARMING = 20;
const TENANT_ID = 'tenant_many';
const PAGE = { limit: '50' };

/** What people ask of a long list, and how soon it has to be there. */
const ASKED = [
  { name: 'first page of a tenant', path: `/v1/tenants/${TENANT_ID}/keys`, query: PAGE, promised: 100 },
  { name: 'first page of all tenants', path: '/v1/keys', query: PAGE, promised: 100 },
  { name: 'search by name', path: '/v1/keys', query: { ...PAGE, q: 'Key 77' }, promised: 150 },
  { name: 'search by id', path: '/v1/keys', query: { ...PAGE, q: 'key_000000009999' }, promised: 150 },
  { name: 'search by hint', path: '/v1/keys', query: { ...PAGE, q: 'a077' }, promised: 150 },
] as const;

/** Lists of 10,000 keys of one tenant, by the management functions on the local DynamoDB, over HTTP. */
export function keysListFigures(): Promise<Figure[]> {
  return withManagement(async (management, main) => {
    await fill(main);
    const calls = countCalls(main);
    const figures: Figure[] = [];
    for (const asked of ASKED) figures.push(...(await measure(asked, management, calls)));
    const scans = [...calls.keys()].filter((name) => name.startsWith('Scan'));
    return [...figures, { name: 'scans', value: scans.length, unit: '', promised: 0 }];
  });
}

async function measure(
  { name, path, query, promised }: (typeof ASKED)[number],
  management: TestManagement,
  calls: Map<string, number>,
): Promise<Figure[]> {
  const ask = async () => {
    const { status, body } = await management.call(`GET ${path}`, { query });
    if (status !== 200 || body.items.length === 0) throw new Error(`${path} answered ${status}`);
  };
  for (let i = 0; i < WARMING; i++) await ask();
  const before = reads(calls);
  const milliseconds: number[] = [];
  for (let i = 0; i < CALLS; i++) {
    const start = performance.now();
    await ask();
    milliseconds.push(performance.now() - start);
  }
  const label = `${KEYS} keys, ${name}`;
  return [
    { name: `${label}: p50 of ${CALLS}`, value: percentile(milliseconds, 50), unit: 'ms', promised },
    { name: `${label}: p99 of ${CALLS}`, value: percentile(milliseconds, 99), unit: 'ms' },
    { name: `${label}: reads of DynamoDB`, value: (reads(calls) - before) / CALLS, unit: '' },
  ];
}

/** As creating them leaves them. */
async function fill(main: Table): Promise<void> {
  const actor = { type: 'admin', id: 'bench' } as const;
  const at = (i: number) => ({
    now: new Date(Date.parse('2026-01-01T00:00:00.000Z') + i * 1000),
    ...{ actor, requestId: 'bench', eventId: `bench-${i}` },
  });
  const tenant = createTenant({ tenantId: TENANT_ID, name: 'Many' }, at(0));
  await new TenantStore(main).create(tenant, undefined);
  const keys = new KeyStore(main);
  for (let first = 0; first < KEYS; first += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, i) => first + i);
    await Promise.all(
      some.map((i) => {
        const secret = {
          ...{ id: `secret${i}`, hint: `a${String(i % 1000).padStart(3, '0')}` },
          digest: { pepper: 'v1', hmac: `digest ${i}` },
        };
        const input = {
          ...{ keyId: `key_${String(i).padStart(12, '0')}`, name: `Key ${i}`, role: 'writer' },
          ...({ type: 'secret', environment: 'live' } as const),
        };
        return keys.create(createKey(tenant.state, input, secret, at(i)), undefined);
      }),
    );
  }
}

/** What is asked of DynamoDB from now on, by command. */
function countCalls({ client }: Table): Map<string, number> {
  const calls = new Map<string, number>();
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        calls.set(commandName, (calls.get(commandName) ?? 0) + 1);
        return next(args);
      },
    { step: 'initialize' },
  );
  return calls;
}

function reads(calls: ReadonlyMap<string, number>): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}
