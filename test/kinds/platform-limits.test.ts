import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LARGEST_EVENT_BYTES, PLATFORM_LIMITS } from '../../core/contract/platform-limits.ts';
import { insertItem } from '../../core/store/item.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { takePage } from '../../core/store/listing.ts';
import { auditLog } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import {
  ids,
  largestApi,
  largestKey,
  mostEscaped,
  numbered,
  permissions,
  rateLimits,
  times,
  widest,
} from '../support/largest.ts';
import { type TestAnswer, TestManagement } from '../support/management.ts';
import { eventFor, TIME } from '../support/publisher.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  for (const tenantId of [TENANT, EYES]) {
    expect((await create('/v1/tenants', { tenantId, name: widest(100) })).status).toBe(201);
  }
});
afterAll(() => dynamodb.close());

const TENANT = 'tenant_limits';
const EYES = 'tenant_eyes';

async function create(path: string, body: object): Promise<TestAnswer> {
  return management.call(`POST ${path}`, { body });
}

/** What Lambda would hand over to API Gateway. */
function payloadBytes({ status, headers, text }: TestAnswer): number {
  return Buffer.byteLength(JSON.stringify({ statusCode: status, headers, body: text }));
}

/** Reads a list to its end: how many there are in it, and how many pages it took. */
async function readAll(
  path: string,
  query: Record<string, string> = {},
): Promise<{ items: number; pages: number }> {
  let [items, pages] = [0, 0];
  let cursor: string | undefined;
  do {
    const answer = await management.call(`GET ${path}`, {
      query: { limit: '100', ...query, ...(cursor && { cursor }) },
    });
    expect(answer.status).toBe(200);
    expect(payloadBytes(answer)).toBeLessThanOrEqual(PLATFORM_LIMITS.invocationBytes);
    items += answer.body.items.length;
    pages += 1;
    cursor = answer.body.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { items, pages };
}

const FILLS = [widest, mostEscaped];

describe('a list of the largest things that there can be ends its pages by bytes, and loses none', () => {
  test('API keys', async () => {
    for (const fill of FILLS) {
      for (let i = 0; i < 25; i++) {
        expect((await create(`/v1/tenants/${TENANT}/keys`, largestKey(fill))).status).toBe(201);
      }
    }
    const { items, pages } = await readAll(`/v1/tenants/${TENANT}/keys`);
    expect([items, pages > 1]).toEqual([50, true]);
  });

  test('what waits for a second admin', async () => {
    const settings = { requireApproval: true };
    await management.call(`PATCH /v1/tenants/${EYES}`, { body: { settings } });
    for (let i = 0; i < 40; i++) {
      const answer = await create(`/v1/tenants/${EYES}/keys`, largestKey(mostEscaped));
      expect(answer.status).toBe(202);
      expect(payloadBytes(answer)).toBeLessThanOrEqual(PLATFORM_LIMITS.invocationBytes);
    }
    const { items, pages } = await readAll('/v1/approvals');
    expect([items, pages > 1]).toEqual([40, true]);
  });

  test('APIs, products and subscriptions', async () => {
    const apiIds: string[] = [];
    for (let i = 0; i < 50; i++) {
      const body = { ...largestApi(FILLS[i % 2] ?? widest), environment: 'live', scheme: 'subscription' };
      const answer = await create('/v1/apis', body);
      expect(answer.status).toBe(201);
      apiIds.push(answer.body.apiId);
    }
    expect(await readAll('/v1/apis')).toMatchObject({ items: 50 });
    const plan = { rateLimits, quota: { limit: 1_000_000_000_000, period: 'month' } };
    const product = {
      name: widest(100),
      description: mostEscaped(1000),
      apiIds,
      requiresApproval: false,
      plan,
    };
    const { productId } = (await create('/v1/products', product)).body;
    for (let i = 0; i < 50; i++) {
      const oauthClientIds = ids(mostEscaped, 50);
      const body = { tenantId: TENANT, productId, name: widest(100), oauthClientIds };
      expect((await create('/v1/subscriptions', body)).status).toBe(201);
    }
    expect(await readAll('/v1/subscriptions', { tenantId: TENANT })).toMatchObject({ items: 50 });
    expect(await readAll('/v1/products')).toMatchObject({ items: 1, pages: 1 });
  });

  test('tenants, by what is shown of them and not by their roles; and roles', async () => {
    for (let i = 0; i < 48; i++) {
      const body = { permissions, description: widest(500) };
      const answer = await management.call(
        `PUT /v1/tenants/${TENANT}/roles/${'r'.repeat(37)}${numbered(i)}`,
        { body },
      );
      expect([i, answer.status]).toEqual([i, 200]);
    }
    const { status, body } = await management.call(`PATCH /v1/tenants/${TENANT}`, {
      body: { name: 'Renamed' },
    });
    expect([status, body.name]).toEqual([200, 'Renamed']);
    expect(await readAll('/v1/tenants')).toEqual({ items: 2, pages: 1 });
    const roles = await management.call(`GET /v1/tenants/${TENANT}/roles`);
    expect(roles.body.items).toHaveLength(50);
    expect(payloadBytes(roles)).toBeLessThanOrEqual(PLATFORM_LIMITS.invocationBytes);
  });

  test('the audit log, and its export', async () => {
    const padding = mostEscaped(60_000);
    const events = times(60, () => eventFor('tenant_audited', padding));
    expect((await auditLog(dynamodb.audit).append('tenant_audited', events)).failure).toBeUndefined();
    const query = { tenantId: 'tenant_audited', from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' };
    expect(TIME.toISOString()).toContain('2026-11');
    const { items, pages } = await readAll('/v1/audit', query);
    expect([items, pages > 1]).toEqual([60, true]);
    let lines = 0;
    let next: string | undefined = `/v1/audit/export?${new URLSearchParams(query)}`;
    while (next !== undefined) {
      const { pathname, searchParams }: URL = new URL(next, 'https://keywright.test');
      const part: TestAnswer = await management.call(`GET ${pathname}`, {
        query: Object.fromEntries(searchParams),
      });
      expect(part.status).toBe(200);
      expect(payloadBytes(part)).toBeLessThanOrEqual(PLATFORM_LIMITS.invocationBytes);
      lines += part.text.split('\n').length - 1;
      next = /<([^>]+)>/.exec(String(part.headers.link ?? ''))?.[1];
    }
    expect(lines).toBe(60);
  });

  test('one thing that fills an answer alone comes alone', async () => {
    const items = times(3, (i) => ({ i, text: 'x'.repeat(6_000_000) }));
    const options = {
      limit: 10,
      mostExamined: 10,
      matches: () => true,
      positionOf: ({ i }: { i: number }) => `${i}`,
    };
    expect(await takePage(items, options)).toMatchObject({ items: [{ i: 0 }], next: '0' });
  });
});

describe('what is written stays below what AWS takes', () => {
  test('every event of the largest changes', async () => {
    const { body } = await create(`/v1/tenants/${TENANT}/keys`, {
      ...largestKey(widest),
      environment: 'sandbox',
    });
    const { type, environment, role, ...changed } = largestKey((length) => '\u{1f601}'.repeat(length));
    const own = times(50, (i) => `${numbered(i)}${'y'.repeat(61)}:write`);
    const origins = changed.allowedOrigins.map((origin) => origin.replace('a.', 'b.'));
    const key = await management.call(`PATCH /v1/tenants/${TENANT}/keys/${body.key.keyId}`, {
      body: {
        ...changed,
        permissions: own,
        allowedOrigins: origins,
        allowedCidrs: times(100, (i) => `2001:db8::${i}`),
      },
    });
    expect(key.status).toBe(200);
    const apiId = (await management.call('GET /v1/apis', { query: { limit: '1' } })).body.items[0].apiId;
    const { routes, ...api } = largestApi((length) => '\u{1f602}'.repeat(length));
    const changedRoutes = routes.map((route) => ({ ...route, path: route.path.replace('x', 'y') }));
    const updated = await management.call(`PATCH /v1/apis/${apiId}`, {
      body: { ...api, routes: changedRoutes },
    });
    expect(updated.status).toBe(200);
    const sizes = (await dynamodb.emitted()).map((event) => Buffer.byteLength(JSON.stringify(event)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(LARGEST_EVENT_BYTES);
  });

  test('and a change that would not is refused in words, and changes nothing', async () => {
    const tenantId = 'tenant_full';
    await create('/v1/tenants', { tenantId, name: 'Full' });
    const place = itemKey.tenant(tenantId);
    const { client, name } = dynamodb.main;
    await client.send(
      new UpdateCommand({
        TableName: name,
        Key: place,
        UpdateExpression: 'SET padding = :padding',
        ExpressionAttributeValues: { ':padding': 'x'.repeat(PLATFORM_LIMITS.itemBytes - 2048) },
      }),
    );
    const answer = await management.call(`PUT /v1/tenants/${tenantId}/roles/clerk`, {
      body: { permissions, description: '' },
    });
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'invalid_state' } } });
    expect(answer.body.error.message).toContain('400 KB');
    expect((await management.call(`GET /v1/tenants/${tenantId}/roles/clerk`)).status).toBe(404);
  });

  test('an event that could never be sent is not written', async () => {
    const event = eventFor(TENANT, 'x'.repeat(PLATFORM_LIMITS.eventBytes));
    const place = { pk: 'TENANT#tenant_event', sk: 'TENANT', listPk: 'x', listSk: 'x' };
    await expect(insertItem(dynamodb.main, place, { state: {}, event }, undefined)).rejects.toMatchObject({
      code: 'invalid_state',
    });
    expect(await dynamodb.item(place)).toBeUndefined();
  });

  test('an import of ten thousand rows, and a hundred verifications, fit an answer', async () => {
    const rows = times(10_000, () => ({ [mostEscaped(10)]: 1, name: 5 }));
    const imported = await management.call(`POST /v1/tenants/${TENANT}/keys/import`, { body: { rows } });
    expect(imported.body.counts.invalid).toBe(10_000);
    expect(payloadBytes(imported)).toBeLessThanOrEqual(PLATFORM_LIMITS.invocationBytes);
    const principal = 'arn:aws:iam::000000000000:role/backend';
    const role = `${'r'.repeat(37)}000`;
    const { secret } = (
      await create(`/v1/tenants/${TENANT}/keys`, {
        ...largestKey(widest),
        role,
        permissions: null,
        allowedCidrs: [],
        allowedOrigins: [],
        metadata: {},
      })
    ).body;
    const body = { requests: times(100, () => ({ key: secret })) };
    const verify = () => management.call('POST /v1/verify', { principal, body });
    const isValid = ({ valid }: { readonly valid: boolean }) => valid;
    let verified = await verify();
    // On a machine that is busy elsewhere a hundred large records, or their limits, may take longer than a decision may.
    const isLate = () => verified.status === 503 || !verified.body.results.every(isValid);
    for (let attempt = 1; isLate() && attempt < 20; attempt++) verified = await verify();
    expect(verified.body).toEqual({ results: times(100, () => expect.objectContaining({ valid: true })) });
    expect(verified.body.results[99].permissions).toHaveLength(50);
    expect(payloadBytes(verified)).toBeLessThanOrEqual(PLATFORM_LIMITS.invocationBytes);
  });
});
