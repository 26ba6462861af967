import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { WINDOWS } from './support/looks.ts';
import { lookAtPages, pagesWithout } from './support/page-round.ts';
import { answerAll, STATES } from './support/states.ts';
import { tellKeysStory } from './support/stories.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

const PAGES = {
  overview: `${TENANT}/overview`,
  'overview-of-all': '/admin/all/overview',
  keys: `${TENANT}/keys`,
  'keys-of-all': '/admin/all/keys',
  'create-key': `${TENANT}/keys/new`,
  key: `${TENANT}/keys/:key`,
  rotation: `${TENANT}/keys/:key/rotation`,
  'edit-key': `${TENANT}/keys/:key/edit`,
  queue: `${TENANT}/queue`,
  'sign-ups': `${TENANT}/queue?tab=sign-ups`,
  explain: `${TENANT}/explain?of=5f8f1b5e-54a3-4a7c-9f57-0d1b7a3f7c11`,
  'explain-key': `${TENANT}/explain?of=:key`,
  audit: `${TENANT}/audit`,
  alerts: `${TENANT}/alerts`,
  usage: `${TENANT}/usage`,
  'usage-of-all': '/admin/all/usage',
  'usage-by-product': '/admin/all/usage?by=product',
  roles: `${TENANT}/roles`,
  members: `${TENANT}/members`,
  settings: `${TENANT}/settings`,
  apis: '/admin/all/apis',
  api: '/admin/all/apis/api_OrdersSndbox',
  'edit-api': '/admin/all/apis/api_PaymentsSndb/edit',
  'edit-routes': '/admin/all/apis/api_CatalogSndbx/routes',
  document: '/admin/all/apis/api_CatalogSndbx/openapi',
  products: '/admin/all/products',
};

/** A form that is there at once, whatever is still to come. */
const FORMS: readonly string[] = ['create-key'];

inBrowser('the admins’ door', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  test.each(WINDOWS)(
    'each page can be read by everybody in light and in dark, asks nobody else and breaks no policy: %s',
    async (window, options) => {
      const visit = await door.visit({ ...options, ...door.admin });
      const goTo = (path: string) => door.goTo(visit, path);
      const pages = Object.entries(PAGES);
      expect(await lookAtPages(visit, { pages, goTo, door: 'admin', window })).toEqual({});
      expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
      await visit.end();
    },
    240_000,
  );

  test.each(STATES)(
    'each page has its state for %s',
    async (state, answer, expected) => {
      const visit = await door.visit();
      const { page } = visit;
      await answerAll(page, answer);
      const pages = Object.entries(PAGES).map(
        ([name, path]) => [name, path.replace(':key', door.keyId)] as const,
      );
      const without = await pagesWithout(visit, { pages, nowhere: '/admin/nowhere', expected });
      expect(without.filter((name) => state !== 'loading' || !FORMS.includes(name))).toEqual([]);
      // Whoever comes by an address finds it as well.
      await page.goto(PAGES.products);
      await page.locator(expected).first().waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      await visit.end();
    },
    300_000,
  );

  test('a key is made, shown once and nowhere after, rotated and revoked by its name; the API takes what it should', async () => {
    const visit = await door.visit();
    const call = async (secret: string) => (await door.call(secret, '/orders/sandbox/v1/orders')).status;
    await tellKeysStory(visit, { call }, 'From a browser');
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  test('a role that somebody else has changed is shown in both versions, and either can be kept', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/roles`);
    await page.getByRole('button', { name: 'Edit' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Description/).fill('Mine');
    await page.waitForLoadState('networkidle');
    const address = `${door.server.managementUrl}/v1/tenants/tenant_acme/roles/orders-reader`;
    const authorization = `Bearer ${await door.server.token('admin@keywright.test')}`;
    const description = async () => {
      const { description: text } = (await (await fetch(address, { headers: { authorization } })).json()) as {
        description: string;
      };
      return text;
    };
    const headers = { authorization, 'content-type': 'application/json' };
    const body = JSON.stringify({ permissions: ['orders:read'], description: 'Theirs' });
    expect((await fetch(address, { method: 'PUT', headers, body })).status).toBe(200);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Somebody has changed it meanwhile').waitFor();
    await dialog.getByText('Theirs').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-stale');
    expect(await description()).toBe('Theirs');
    await dialog.getByRole('button', { name: 'Use mine' }).click();
    await page.getByText('orders-reader is saved').waitFor();
    expect(await description()).toBe('Mine');
    await visit.end();
  });

  test('settings are saved again and again, and what the page does not show of them stays', async () => {
    const address = `${door.server.managementUrl}/v1/tenants/tenant_acme`;
    const authorization = `Bearer ${await door.server.token('admin@keywright.test')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const keyPolicies = { live: { maxLifetimeDays: 90 } };
    const body = JSON.stringify({ settings: { keyPolicies } });
    expect((await fetch(address, { method: 'PATCH', headers, body })).status).toBe(200);
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, PAGES.settings);
    // Also for a moment: whoever saves is nobody else.
    await page.evaluate(`new MutationObserver(() => {
      if (document.body.innerText.includes('Somebody has changed it')) globalThis.accused = true;
    }).observe(document.body, { childList: true, subtree: true, characterData: true })`);
    for (const name of ['Acme Corporation', 'Acme']) {
      await page.getByLabel('Name').fill(name);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved').last().waitFor();
      await page.getByText(`Of ${name}, tenant_acme.`).waitFor();
    }
    expect(await page.evaluate('globalThis.accused')).toBeUndefined();
    expect(await (await fetch(address, { headers })).json()).toMatchObject({ settings: { keyPolicies } });
    await visit.end();
  });

  test('`/` goes to the filter of a list, and Ctrl+K to a key by its name', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, PAGES.keys);
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Filter keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByLabel('Where to go').fill('Order report');
    await page.getByRole('option', { name: /Order report/ }).waitFor();
    await page.getByRole('option', { name: /Order report/ }).click();
    await page.getByRole('heading', { name: 'Order report' }).waitFor();
    await visit.end();
  });
});
