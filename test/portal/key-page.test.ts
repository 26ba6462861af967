import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { grantsOf } from '../../portal/src/admin/keys/grants.ts';
import type { Reached } from '../../portal/src/admin/keys/key-reach.ts';
import { targetsOf } from '../../portal/src/admin/keys/key-targets.ts';
import { networksOf } from '../../portal/src/admin/keys/networks.ts';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

describe('the call that a key’s examples make', () => {
  const reached = (routes: string[], part: Partial<Reached> = {}): Reached => ({
    ...{ apiId: 'api_1', name: 'orders', routes, isByResource: false, ...part },
  });
  const urlsOf = (baseUrl: string | null, of: Reached, permissions: string[] = []) =>
    targetsOf([{ apiId: 'api_1', baseUrl }], [of], permissions).map(({ method, url }) => `${method} ${url}`);

  test('goes to the API’s own address, by a route that reads and needs nothing filled in, if there is one', () => {
    const routes = ['POST /v1/orders', 'GET /v1/orders/{id}', 'GET /v1/orders'];
    const base = 'https://api.acme.example/live/';
    expect(urlsOf(base, reached(routes))).toEqual(['GET https://api.acme.example/live/v1/orders']);
    expect(urlsOf(base, reached(['POST /v1/orders']))).toEqual([
      'POST https://api.acme.example/live/v1/orders',
    ]);
    expect(urlsOf(base, reached(['ANY /v1/{proxy+}']))).toEqual([
      'GET https://api.acme.example/live/v1/{proxy+}',
    ]);
    const undeclared = reached([], { isByResource: true });
    expect(urlsOf(base, undeclared, ['*:read', 'carts:write'])).toEqual([
      'POST https://api.acme.example/live/v1/carts',
    ]);
    expect(urlsOf(base, undeclared, ['*:*'])).toEqual(['GET https://api.acme.example/live/v1/orders']);
  });

  test('is none where nobody has said the API’s address', () => {
    expect(urlsOf(null, reached(['GET /v1/orders']))).toEqual([]);
  });
});

describe('what a key may do', () => {
  const own = (permission: string, has: boolean) => ({ permission, has, from: 'key' });
  const ofRole = (permission: string, has: boolean) => ({ permission, has, from: 'role' });

  test('is all of its role, or what its own permissions leave of that', () => {
    expect(grantsOf(['a:read', 'b:*'], null)).toEqual([ofRole('a:read', true), ofRole('b:*', true)]);
    expect(grantsOf(['a:read', 'b:*'], ['b:read'])).toEqual([own('b:read', true), ofRole('a:read', false)]);
  });

  test('is not what its role has lost', () => {
    expect(grantsOf(['a:read'], ['b:read'])).toEqual([own('b:read', false), ofRole('a:read', false)]);
  });
});

test('networks are named with the busiest first, those beyond a few by their number', () => {
  const groups = ['a', 'b', 'a', 'c', 'd', 'e', 'f'].map((group) => ({ group, requests: 1 }));
  expect(networksOf(groups)).toBe('a (2), b (1), c (1), d (1), e (1) and 1 more');
  expect(networksOf([])).toBe('Nowhere');
});

inBrowser('the page of a key', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  const newKey = async (name: string, more: object = {}): Promise<string> => {
    const body = { name, type: 'secret', environment: 'sandbox', role: 'writer', ...more };
    return (await door.manage('POST', '/v1/tenants/tenant_acme/keys', body)).body.key.keyId;
  };

  test('says by name who made it, and who stopped it when and why, until it is enabled', async () => {
    const keyId = await newKey('Odd caller');
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/keys/${keyId}`);
    await page.getByRole('main').getByText('admin@keywright.test', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await page
      .getByRole('dialog')
      .getByLabel(/Reason/)
      .fill('Nobody knows the network');
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('This key is disabled').waitFor();
    await page.getByText('Reason: Nobody knows the network').waitFor();
    await page.getByText(/Disabled .* by admin@keywright.test\./).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-key-disabled');
    await door.manage('POST', `/v1/tenants/tenant_acme/keys/${keyId}/enable`, {});
    await page.reload();
    await page.getByRole('heading', { name: 'Odd caller' }).waitFor();
    expect(await page.getByText('This key is disabled').count()).toBe(0);
    await visit.end();
  }, 120_000);

  test('tells before it is revoked how often and from where it was used', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const usage = `/v1/usage?tenantId=tenant_acme&keyId=${door.keyId}&groupBy=network`;
    while ((await door.manage('GET', usage)).body.groups.length === 0) await page.waitForTimeout(200);
    await door.goTo(visit, `${TENANT}/keys/:key?do=revoke`);
    await page
      .getByRole('dialog')
      .getByText(/127\.0\.0\.0\/24 \(\d+\)|::\S* \(\d+\)/)
      .waitFor();
    await visit.screenshot('admin-revoke-networks');
    await visit.end();
  }, 120_000);

  test('has examples that call what it opens at its own address', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/keys/:key?tab=snippets`);
    const gateway = `http://localhost:${door.server.port + 2}`;
    await page.getByRole('button', { name: /^API/ }).click();
    await page.getByRole('option', { name: 'orders' }).click();
    await page.getByText(`curl '${gateway}/orders/sandbox/v1/orders'`).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-key-snippets');
    const { items } = (await door.manage('GET', '/v1/apis?limit=100')).body;
    for (const { apiId } of items) await door.manage('PATCH', `/v1/apis/${apiId}`, { baseUrl: null });
    await page.reload();
    await page.getByText('None of the APIs that this key opens has a base URL').waitFor();
    await page.getByText("curl 'https://api.example.com/v1/orders'").waitFor();
    await visit.end();
  }, 120_000);

  test('gives an id to copy where no name is known, and each record’s', async () => {
    const keyId = await newKey('Of somebody');
    const visit = await door.visit();
    const { page } = visit;
    await page.route(`**/keys/${keyId}`, async (route) => {
      const response = await route.fetch();
      const json = { ...(await response.json()), createdBy: 'sub-of-nobody', createdByName: null };
      return route.fulfill({ response, json });
    });
    await door.goTo(visit, `${TENANT}/keys/${keyId}?tab=activity`);
    await page.getByText('sub-of-nobody').waitFor();
    await page.getByRole('button', { name: 'Copy ID of the person' }).waitFor();
    await page.getByRole('button', { name: `Copy subject ID ${keyId}` }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.end();
  });

  test('lists what its own permissions leave of its role', async () => {
    const keyId = await newKey('Narrow', { permissions: ['orders:read'] });
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/keys/${keyId}?tab=permissions`);
    await page.getByRole('row', { name: /orders:read.*Allowed.*own/ }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-key-permissions');
    await page.setViewportSize({ width: 390, height: 844 });
    await visit.inColours('dark');
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-key-permissions-dark-phone');
    await visit.end();
  });
});
