import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { differencesOf, draftOf, routesOf } from '../../portal/src/admin/catalogue/route-draft.ts';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { notesIn } from './support/developers-door.ts';
import { Keyboard } from './support/keyboard.ts';
import { LOOKS } from './support/looks.ts';
import { answerAll, STATES } from './support/states.ts';
import type { Visit } from './support/visit.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

const CATALOG = '/v1/apis/api_CatalogSndbx';
const PAYMENTS = '/v1/apis/api_PaymentsSndb';
const PRODUCT = '/catalog/sandbox/v1/products/prod_1';
const PAGE = '/admin/all/apis/api_CatalogSndbx';
const EDIT = `${PAGE}/routes`;
const NOTHING = { foreign: [], cspReports: [], errors: [] };
const REFUSED = /\d+ of \d+ calls of the last seven days would be refused/;

test('a table that is not edited stays as it is; what is typed is sent as it is meant', () => {
  const routes = [
    { method: 'GET', path: '/v1/orders', permission: null, public: true },
    { method: 'PUT', path: '/v1/orders/{id}', permission: 'orders:write', public: false, scopes: ['a', 'b'] },
  ] as Parameters<typeof draftOf>[0];
  const table = routesOf(draftOf(routes));
  expect(table).toEqual([
    { method: 'GET', path: '/v1/orders', public: true },
    { method: 'PUT', path: '/v1/orders/{id}', permission: 'orders:write', public: false, scopes: ['a', 'b'] },
  ]);
  const [first, second] = draftOf(routes);
  if (first === undefined || second === undefined) throw new Error('there are two');
  const typed = { ...second, path: ' /v1/orders/{id} ', permission: ' ', scopes: ' a  c ' };
  expect(routesOf([typed])).toEqual([
    { method: 'PUT', path: '/v1/orders/{id}', public: false, scopes: ['a', 'c'] },
  ]);
  expect(differencesOf(table, routesOf([typed, { ...first, method: 'POST', isPublic: false }]))).toEqual({
    added: ['POST /v1/orders: by the default rule'],
    changed: ['PUT /v1/orders/{id}: by the default rule, scopes a c'],
    removed: ['GET /v1/orders: by the default rule, publishable keys'],
  });
  expect(differencesOf(table, table.toReversed())).toEqual({ added: [], changed: [], removed: [] });
});

inBrowser('an API’s route table', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
    for (let i = 0; i < 12; i += 1) await callFromShop();
    const routes = (await door.manage('GET', CATALOG)).body.routes;
    const body = { routes: routes.map((route: object) => ({ ...route, public: false })) };
    // Until what was called has been counted.
    while ((await door.manage('POST', `${CATALOG}/dry-run`, body)).body.refused === 0) await sleep(500);
  }, 300_000);
  afterAll(() => door?.close());

  /** Publishable keys may not read a product any more. */
  const unpublish = (visit: Visit) =>
    visit.page.getByRole('checkbox', { name: 'May read it' }).nth(1).uncheck({ force: true });
  const tryIt = (visit: Visit) => visit.page.getByRole('button', { name: 'Try', exact: true });
  const callFromShop = async () =>
    (await door.call(door.server.demoKey('publishableSandbox').secret, PRODUCT)).status;

  test('is edited, tried and saved by keyboard alone; what was tried is told to be old after an edit', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const keyboard = new Keyboard(page);
    await door.goTo(visit, PAGE);
    await keyboard.enter('Edit routes');
    await page.getByRole('heading', { name: 'Edit routes of catalog' }).waitFor();
    await visit.settle();
    await keyboard.tabTo(/^Remove GET \/v1\/products$/);
    await keyboard.press('Tab');
    await keyboard.tabTo(/May read it/);
    await keyboard.press(' ');
    await page.getByText('GET /v1/products/{productId}: by the default rule', { exact: true }).waitFor();
    await keyboard.enter('Try');
    await page.getByText(REFUSED).waitFor();
    const shop = door.server.demoKey('publishableSandbox').keyId;
    await page.getByRole('link', { name: shop }).waitFor();
    await page.getByText('of tenant_acme').waitFor();
    await keyboard.enter('Add route');
    await keyboard.tabTo(/Path/, 'Shift+Tab');
    await keyboard.type('/v1/offers');
    await page.getByText('Edited since it was tried').waitFor();
    expect(await page.getByText(REFUSED).count()).toBe(0);
    await keyboard.enter('Try');
    await page.getByText(REFUSED).waitFor();
    // Nothing was changed so far.
    expect(await callFromShop()).toBe(200);
    await keyboard.enter('Save');
    await page.getByText('The routes of catalog are saved').waitFor();
    await page.getByRole('heading', { name: 'catalog', exact: true }).waitFor();
    expect(keyboard.unseen).toEqual([]);
    while ((await callFromShop()) !== 403) await sleep(100);
    const { routes } = (await door.manage('GET', CATALOG)).body;
    expect(routes).toMatchObject([
      { path: '/v1/products', public: true },
      { path: '/v1/products/{productId}', public: false },
      { method: 'GET', path: '/v1/offers', permission: null, public: false },
    ]);
    expect(visit.seen).toEqual(NOTHING);
    await visit.end();
    const before = routes.slice(0, 2).map((route: object) => ({ ...route, public: true }));
    await door.manage('PATCH', CATALOG, { routes: before });
  }, 120_000);

  test.each(LOOKS)(
    'can be read by everybody, tried and untried: %s',
    async (look, options) => {
      const visit = await door.visit({ ...options, ...door.admin });
      const { page } = visit;
      await door.goTo(visit, EDIT);
      expect(await accessibilityProblems(page)).toEqual([]);
      await visit.screenshot(`admin-edit-routes-${look}`);
      await unpublish(visit);
      await page.getByRole('button', { name: 'Remove GET /v1/products', exact: true }).click();
      await page.getByRole('button', { name: 'Add route' }).click();
      await page.getByRole('textbox', { name: 'Path' }).last().fill('/v1/offers');
      await page.getByLabel('Permission').last().fill('catalog:read');
      await tryIt(visit).click();
      await page.getByText(REFUSED).waitFor();
      await page.getByText('Which calls').click();
      await page.getByText('Show as code').click();
      await page.getByRole('tab', { name: 'CLI' }).click();
      await page.getByText('keywright apis try api_CatalogSndbx routes.json').waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      await visit.screenshot(`admin-edit-routes-tried-${look}`);
      expect(visit.seen).toEqual(NOTHING);
      await visit.end();
    },
    120_000,
  );

  test.each(STATES)(
    'a trial has its state for %s',
    async (state, answer, expected) => {
      const visit = await door.visit();
      const { page } = visit;
      await door.goTo(visit, EDIT);
      await unpublish(visit);
      await answerAll(page, answer, /\/dry-run$/);
      await tryIt(visit).click();
      const told = state === 'loading' ? 'text=Looking at the last seven days' : expected;
      await page.locator(told).first().waitFor({ timeout: 15_000 });
      expect(await accessibilityProblems(page)).toEqual([]);
      // Whatever a trial says, whoever edits decides.
      const save = page.getByRole('button', { name: 'Save' });
      if (state !== 'a second factor') expect(await save.isEnabled()).toBe(true);
      await visit.end();
    },
    60_000,
  );

  test('without calls there is nothing to compare with; what is wrong with a route stands at it', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/admin/all/apis/api_OrdersLive00/routes');
    await page.getByText('Every route follows the default rule.').waitFor();
    await page.getByRole('button', { name: 'Add route' }).click();
    await page.getByRole('textbox', { name: 'Path' }).fill('/v1/orders');
    await tryIt(visit).click();
    await page.getByText('No calls of the last seven days to compare with').waitFor();
    await page.getByRole('textbox', { name: 'Path' }).fill('orders');
    await tryIt(visit).click();
    await page.getByText('It could not be tried: see the routes above').waitFor();
    await page.getByText('a path begins with /').waitFor();
    await page.getByRole('textbox', { name: 'Path' }).fill('/v1/orders');
    await page.getByRole('button', { name: 'Add route' }).click();
    await page.getByRole('textbox', { name: 'Path' }).last().fill('/v1/orders');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('an earlier route has the same method and path').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-edit-routes-wrong');
    expect(visit.seen).toEqual(NOTHING);
    await visit.end();
  }, 60_000);

  test('what somebody else has changed meanwhile is shown beside one’s own, and not overwritten unseen', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, EDIT);
    await unpublish(visit);
    const { routes } = (await door.manage('GET', CATALOG)).body;
    const other = { method: 'GET', path: '/v1/offers', permission: 'offers:read' };
    await door.manage('PATCH', CATALOG, { routes: [...routes, other] });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody has changed it meanwhile').waitFor();
    await page.getByText(/GET \/v1\/offers: offers:read/).waitFor();
    await page.getByRole('button', { name: 'Use mine' }).click();
    await page.getByText('The routes of catalog are saved').waitFor();
    expect((await door.manage('GET', CATALOG)).body.routes).toHaveLength(2);
    await door.manage('PATCH', CATALOG, { routes });
    await visit.end();
  }, 60_000);

  test('usage names products and APIs, which lead to their pages', async () => {
    await door.manage('PATCH', PAYMENTS, { clientKeyRequired: false, oauth: null });
    const { primaryKey, subscriptionId } = notesIn(door.server.dataDir).activeSandbox;
    const call = () =>
      fetch(`http://localhost:${door.server.port + 2}/payments/sandbox/v1/payments`, {
        headers: { 'ocp-apim-subscription-key': primaryKey },
      });
    while ((await call()).status !== 200) await sleep(100);
    const { productId } = (await door.manage('GET', `/v1/subscriptions/${subscriptionId}`)).body;
    const counted = async () => {
      const { groups } = (await door.manage('GET', '/v1/usage?groupBy=product')).body;
      return groups.some(({ group }: { group: string }) => group === productId);
    };
    while (!(await counted())) await sleep(500);
    for (const [look, options] of LOOKS) {
      const visit = await door.visit({ ...options, ...door.admin });
      const { page } = visit;
      await door.goTo(visit, '/admin/all/usage?by=product');
      await page.getByRole('link', { name: 'payments' }).waitFor();
      await page.getByText(productId).waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      await visit.screenshot(`admin-usage-by-product-${look}`);
      await page.getByRole('link', { name: 'payments' }).click();
      await page.getByRole('dialog').getByText('Edit payments').waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.waitForURL((url) => url.pathname === '/admin/all/products' && url.search === '');
      await door.goTo(visit, '/admin/all/usage?by=api');
      await page.getByRole('link', { name: 'catalog' }).first().click();
      await page.getByRole('heading', { name: 'catalog' }).waitFor();
      expect(visit.seen).toEqual(NOTHING);
      await visit.end();
    }
  }, 180_000);
});
