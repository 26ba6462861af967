import { randomBytes } from 'node:crypto';
import type { Table } from '../core/aws/document-client.ts';
import { eventId } from '../core/domain/ground/event-id.ts';
import { createKey } from '../core/domain/keys/api-key-lifecycle.ts';
import type { TestManagement } from '../test/support/management.ts';
import { type Figure, percentile } from './harness.ts';
import { withManagement } from './tables.ts';

const KEYS = 10_000;
const AT_ONCE = 20;
const WARMING = 5;
const ASKED = 40;
const TENANT = 'tenant_many';
const ACTOR = { type: 'admin', id: 'bench' } as const;
const FIRST_PAGE_MILLISECONDS = 100;
const SEARCH_MILLISECONDS = 150;

/** What one kind of request took, and what it read. */
interface Asked {
  readonly milliseconds: readonly number[];
  /** Calls of DynamoDB of one request, by operation. */
  readonly calls: Readonly<Record<string, number>>;
}

/** The first page and searches in a tenant with very many keys: through the management functions, warm. */
export function keyFigures(): Promise<Figure[]> {
  return withManagement(async (management, main) => {
    const last = await makeKeys(management);
    const of = (path: string, query: Record<string, string>) => () =>
      management.call(`GET ${path}`, { query });
    const figures: Figure[] = [];
    for (const [name, promised, ask] of [
      ['first page', FIRST_PAGE_MILLISECONDS, of(`/v1/tenants/${TENANT}/keys`, {})],
      ['first page of all tenants', FIRST_PAGE_MILLISECONDS, of('/v1/keys', {})],
      ['search by name', SEARCH_MILLISECONDS, of('/v1/keys', { q: 'key 9', tenantId: TENANT })],
      ['search by name, all tenants', SEARCH_MILLISECONDS, of('/v1/keys', { q: 'KEY 42' })],
      ['search by id', SEARCH_MILLISECONDS, of('/v1/keys', { q: last.keyId })],
      ['search by hint', SEARCH_MILLISECONDS, of('/v1/keys', { q: last.hint })],
    ] as const) {
      const { milliseconds, calls } = await askOften(main, ask);
      const reads = Object.entries(calls).map(([operation, count]) => `${count} ${operation}`);
      const what = `${KEYS} keys: ${name} (${reads.join(', ')})`;
      figures.push({ name: `${what}, p50`, value: percentile(milliseconds, 50), unit: 'ms', promised });
      const scans = calls.Scan ?? 0;
      figures.push({ name: `${KEYS} keys: ${name}, scans`, value: scans, unit: '', promised: 0 });
    }
    return figures;
  });
}

/** Straight into the table, since it is lists that are measured and no creations. */
async function makeKeys(management: TestManagement): Promise<{ keyId: string; hint: string }> {
  await management.call('POST /v1/tenants', { body: { tenantId: TENANT, name: 'Many' } });
  const tenant = await management.tenants.get(TENANT);
  if (tenant === undefined) throw new Error('the tenant was not made');
  const idOf = (n: number) => String(n).padStart(12, '0');
  const hintOf = (n: number) => n.toString(36).padStart(4, 'Z');
  let made = 0;
  const make = async () => {
    while (made < KEYS) {
      const n = made++;
      const input = {
        keyId: `key_${idOf(n)}`,
        name: `Key ${n}`,
        type: 'secret',
        environment: 'live',
        role: 'writer',
      } as const;
      const secret = { id: idOf(n), hint: hintOf(n), digest: { pepper: 'v1', hmac: idOf(n) } };
      const now = new Date(management.clock.getTime() + n);
      const context = { now, actor: ACTOR, requestId: 'bench', eventId: eventId(now, randomBytes) };
      await management.keys.create(createKey(tenant, input, secret, context), undefined);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, make));
  return { keyId: `key_${idOf(KEYS - 1)}`, hint: hintOf(KEYS - 1) };
}

async function askOften({ client }: Table, ask: () => ReturnType<TestManagement['call']>): Promise<Asked> {
  const calls: Record<string, number> = {};
  const milliseconds: number[] = [];
  for (let i = 0; i < WARMING; i++) await ask();
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        const operation = commandName.replace(/Command$/, '');
        calls[operation] = (calls[operation] ?? 0) + 1;
        return next(args);
      },
    { step: 'initialize', name: 'counting' },
  );
  const answer = await ask();
  client.middlewareStack.remove('counting');
  if (answer.status !== 200 || answer.body.items.length === 0) throw new Error('nothing was found');
  for (let i = 0; i < ASKED; i++) {
    const start = performance.now();
    await ask();
    milliseconds.push(performance.now() - start);
  }
  return { milliseconds, calls };
}
