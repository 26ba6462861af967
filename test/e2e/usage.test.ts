import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalDeployment, startDeployment } from '../support/deployment.ts';

let deployment: LocalDeployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());

interface Group {
  readonly group: string;
  readonly requests: number;
  readonly clientErrors: number | null;
  readonly p50Milliseconds: number | null;
}

const usage = async (query: string): Promise<Group[]> => {
  const answer = await deployment.manage('GET', `/usage?tenantId=tenant_acme&${query}`);
  expect(answer.status).toBe(200);
  return answer.json<{ groups: Group[] }>().groups;
};
const total = (groups: readonly Group[]) => groups.reduce((sum, { requests }) => sum + requests, 0);

/** Usage is counted some moments after the requests: asks until it is what it is to be. */
async function usageOf(query: string, requests: number): Promise<Group[]> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const groups = await usage(query);
    if (total(groups) >= requests || Date.now() > deadline) return groups;
    await delay(200);
  }
}

test('what a key called through the gateway is its usage, by status and route, and its last use', async () => {
  const { keys } = JSON.parse(readFileSync(join(deployment.dataDir, 'demo.json'), 'utf8'));
  const { keyId, secret } = keys.readerSandbox;
  const headers = { 'x-api-key': secret, 'x-tn': 'tenant_acme' };
  const call = (path: string, init: RequestInit = {}) =>
    deployment.call('orders', 'sandbox', { path, headers, ...init });
  for (let i = 0; i < 7; i++) expect((await call('/v1/orders')).status).toBe(200);
  for (let i = 0; i < 3; i++) expect((await call('/v1/orders', { method: 'POST' })).status).toBe(403);
  expect((await call('/v1/orders/sk_live_put-into-the-path')).status).toBe(200);
  const unknown = { ...headers, 'x-api-key': `${secret.slice(0, -1)}!` };
  expect((await call('/v1/orders', { headers: unknown })).status).toBe(401);

  const days = await usageOf(`keyId=${keyId}`, 11);
  expect([total(days), days[0]?.clientErrors]).toEqual([11, 3]);
  expect(days[0]?.p50Milliseconds).toBeGreaterThan(0);
  const named = async (groupBy: string) =>
    Object.fromEntries(
      (await usage(`keyId=${keyId}&groupBy=${groupBy}`)).map(({ group, requests }) => [group, requests]),
    );
  expect(await named('status')).toEqual({ 200: 8, 403: 3 });
  expect(await named('route')).toEqual({ 'GET /v1/orders': 8, 'POST /v1/orders': 3 });
  expect(await named('country')).toEqual({ '-': 11 });
  expect(total(await usage('groupBy=hour'))).toBe(11);
  const key = (await deployment.manage('GET', `/tenants/tenant_acme/keys/${keyId}`)).json<{
    lastUsedAt: string | null;
    secrets: { lastUsedAt: string | null }[];
  }>();
  expect(key.lastUsedAt).not.toBeNull();
  expect(key.secrets[0]?.lastUsedAt).toBe(key.lastUsedAt);
});
