import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readMachine } from '../../local/identity/machine.ts';
import { accessibilityProblems } from './support/accessibility.ts';
import { findBrowser } from './support/chromium.ts';
import { DevelopersDoor } from './support/developers-door.ts';
import { LEFT, WINDOWS } from './support/looks.ts';
import { lookAtPages } from './support/page-round.ts';
import { askForSubscription } from './support/stories.ts';

const browser = await findBrowser();

const inBrowser = browser === undefined ? describe.skip : describe;

inBrowser('the developers’ door', () => {
  let door: DevelopersDoor;
  beforeAll(async () => {
    door = await DevelopersDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  const PAGES = [
    ['catalogue', '/'],
    ['product', '/products/:product'],
    ['subscribe', '/products/:product?subscribe=1'],
    ['subscriptions', '/subscriptions'],
    ['subscription', '/subscriptions/:active'],
    ['pending', '/subscriptions/:pending'],
    ['roll', '/subscriptions/:active/roll'],
    ['explorer', '/explorer?api=api_PaymentsSndb'],
    ['explorer-of-tenants-keys', '/explorer?api=api_OrdersSndbox&operation=POST+/v1/orders'],
    ['usage', '/usage'],
    ['team', '/team'],
    ['sessions', '/profile/sessions'],
    ['notifications', '/profile/notifications'],
  ] as const;
  const GUESTS_PAGES = [
    ['guests-catalogue', '/'],
    ['guests-product', '/products/:product'],
  ] as const;

  test.each(WINDOWS)(
    'each page can be read by everybody in light and in dark, asks nobody else and breaks no policy: %s',
    async (window, options) => {
      for (const [who, pages] of [
        [door.developer, PAGES],
        [{}, GUESTS_PAGES],
      ] as const) {
        const visit = await door.visit({ ...options, ...who });
        const goTo = (path: string) => door.goTo(visit, path);
        expect(await lookAtPages(visit, { pages, goTo, door: 'developer', window })).toEqual({});
        expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
        await visit.end();
      }
    },
    240_000,
  );

  test('who subscribes is told that it waits, and finds it among the subscriptions', async () => {
    const visit = await door.visit();
    await askForSubscription(visit, 'From the browser');
    await visit.page.getByRole('link', { name: 'Subscriptions' }).first().click();
    await visit.page.getByRole('link', { name: 'From the browser' }).waitFor();
    await visit.end();
  });

  test('whoever was rejected reads why, and asks again with what was said before', async () => {
    const use = 'The checkout of the web shop';
    const body = { tenantId: 'tenant_acme', productId: door.addressOf(':product'), name: 'Checkout', use };
    const asked = await door.manage('POST', '/v1/subscriptions', body);
    const address = `/subscriptions/${asked.subscriptionId}`;
    await door.manage('POST', `/v1${address}/reject`, { reason: 'Say which shop' });
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, address);
    await page.getByText(/Rejected just now\s+by admin@keywright.test/).waitFor();
    expect(await page.getByText(/Rejected\s+since just now/).count()).toBe(1);
    await page.getByText('Reason: Say which shop').waitFor();
    await page.getByRole('link', { name: 'Ask again' }).click();
    await page.getByRole('dialog').getByText('Reason: Say which shop').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Checkout');
    await page.getByLabel('What it is for').fill(`${use} of Acme`);
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('developer-ask-again');
    await page.getByRole('button', { name: 'Subscribe' }).last().click();
    await page.getByText('You have asked for it').waitFor();
    await page.getByText(`${use} of Acme`).waitFor();
    await visit.end();
  });

  test('whoever took a request back reads that it was withdrawn, and when', async () => {
    const body = { tenantId: 'tenant_acme', productId: door.addressOf(':product'), name: 'Second thoughts' };
    const { subscriptionId } = await door.manage(
      'POST',
      '/v1/subscriptions',
      body,
      'developer@keywright.test',
    );
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `/subscriptions/${subscriptionId}`);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Withdraw' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('The request was withdrawn').waitFor();
    await page.getByText(/Withdrawn just now by developer@keywright\.test/).waitFor();
    expect(await page.getByText('has ended').count()).toBe(0);
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('developer-subscription-withdrawn');
    await door.goTo(visit, '/subscriptions');
    await page.getByRole('row', { name: /Second thoughts.*Withdrawn/ }).waitFor();
    await visit.end();
  });

  test('subscriptions are narrowed by state and product, which the address keeps, from the keyboard on', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/subscriptions');
    const waiting = page.getByRole('link', { name: 'Billing, second try' });
    await waiting.waitFor();
    await page.keyboard.press('/');
    await page.locator('[data-filter] input:focus').waitFor();
    await page.keyboard.type('State = Suspended');
    await page
      .getByRole('option', { name: /Suspended/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/state=suspended/);
    expect(new URL(page.url()).search).toBe('?state=suspended');
    await page.getByText('No matches').waitFor();
    await waiting.waitFor({ state: 'hidden' });
    // Who chose goes on choosing: the list that comes takes nobody’s place in its filter.
    await page.locator('[data-filter] input:focus').waitFor({ timeout: 5000 });
    // Whoever is sent the address sees the same.
    await page.reload();
    await page.getByText('No matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).last().click();
    await waiting.waitFor();
    await page.goto(door.addressOf('/subscriptions?state=pending&productId=:product'));
    await waiting.waitFor();
    expect(await page.getByRole('link', { name: 'Billing', exact: true }).count()).toBe(0);
    await page.getByText('State = Waits').waitFor();
    await page.getByText('Product = payments, sandbox').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('developer-subscriptions-filtered');
    await door.goTo(visit, '/');
    await page.keyboard.press('/');
    await page.keyboard.type('nothing like this');
    await page.getByText('No matches').waitFor();
    await visit.end();
  });

  test('keys are hidden until they are shown, and nowhere once they are hidden, left or replaced', async () => {
    const { primaryKey } = door.notes.activeSandbox;
    const visit = await door.visit();
    const { page } = visit;
    const left = async () => String(await page.evaluate(LEFT));
    await door.goTo(visit, '/subscriptions/:active');
    expect(await left()).not.toContain(primaryKey);
    await page.getByRole('button', { name: 'Show keys' }).click();
    await page.getByText(primaryKey).waitFor();
    await page.getByText('Client key of payments').waitFor();
    await visit.screenshot('developer-keys-shown');
    await page.getByRole('button', { name: 'Hide' }).click();
    expect(await left()).not.toContain(primaryKey);

    await page.getByRole('button', { name: 'Show keys' }).click();
    await page.getByText(primaryKey).waitFor();
    await page.getByRole('link', { name: 'Subscriptions' }).first().click();
    await page.getByRole('heading', { name: 'Subscriptions' }).waitFor();
    expect(await left()).not.toContain(primaryKey);
    await page.goBack();
    await page.getByRole('button', { name: 'Show keys' }).waitFor();
    expect(await left()).not.toContain(primaryKey);
    await visit.end();
  });

  test('both keys are replaced in four steps, and each is shown on its way', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/subscriptions/:active/roll');
    await page.getByRole('button', { name: 'Regenerate the secondary key' }).click();
    await page.getByRole('button', { name: 'Regenerate', exact: true }).click();
    const shown = await page.getByText(/^sub_dev_\w{50}$/).textContent();
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('Never used: safe to regenerate').waitFor();
    expect(await page.evaluate(LEFT)).not.toContain(shown);
    await page.getByText('Put it where the primary key is used.').waitFor();
    await visit.end();
  });

  test('the explorer calls the API with a subscription’s key, client key and token, and no server of ours sees them', async () => {
    const { primaryKey } = door.notes.activeSandbox;
    const { clientId, clientSecret } = readMachine(door.server.dataDir) ?? { clientId: '', clientSecret: '' };
    const visit = await door.visit();
    const { page } = visit;
    const sent: string[] = [];
    page.on('request', (request) => {
      const isOurs = request.url().startsWith(`${door.server.managementUrl}/`);
      if (isOurs) sent.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? '');
    });
    await door.goTo(visit, '/explorer?api=api_PaymentsSndb&subscription=:active');
    await page.getByRole('button', { name: 'Use the primary key' }).click();
    await page.getByText('Calls are made with the primary key').waitFor();
    await page.getByRole('button', { name: 'Get one by client credentials' }).click();
    await page.getByLabel('Client ID').fill(clientId);
    await page.getByLabel('Client secret').fill(clientSecret);
    await page.getByRole('button', { name: 'Get a token' }).click();
    const token = page.locator('input[type=password]').nth(2);
    while ((await token.inputValue()) === '') await sleep(50);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('requests left').first().waitFor();
    expect(await page.getByText('"keyType": "subscription"').count()).toBe(1);
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('developer-explorer-answer');
    for (const secret of [primaryKey, clientSecret]) expect(sent.join()).not.toContain(secret);

    await page.getByRole('link', { name: 'Keywright' }).first().click();
    await page.getByRole('heading', { name: 'Catalogue' }).waitFor();
    const left = await page.evaluate(LEFT);
    for (const secret of [primaryKey, clientSecret]) expect(left).not.toContain(secret);
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  test('the explorer remembers the calls of all operations, each with its request and its answer', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/explorer?api=api_OrdersSndbox&operation=GET+/v1/orders/{orderId}');
    await page.getByLabel('API key').fill(door.server.demoKey('secretSandbox').secret);
    const send = page.getByRole('button', { name: 'Send', exact: true });
    const answer = page.getByText('"path": "/v1/orders/order-of-mine"');
    await page.getByLabel('orderId').fill('order-of-mine');
    await send.click();
    await answer.waitFor();
    await page.getByRole('link', { name: 'POST Take an order' }).click();
    await page.getByRole('heading', { name: 'Take an order' }).waitFor();
    expect(await answer.count()).toBe(0);
    await page.getByLabel('Body').fill('{"items":[]}');
    await send.click();
    await page.getByText('"method": "POST"').waitFor();
    await page.getByRole('button', { name: /^Show POST \/v1\/orders, 200/ }).waitFor();
    await page.getByRole('button', { name: /^Show GET \/v1\/orders\/order-of-mine, 200/ }).click();
    await answer.waitFor();
    expect(await page.getByLabel('orderId').inputValue()).toBe('order-of-mine');
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('developer-explorer-history');
    await page.getByRole('link', { name: 'POST Take an order' }).click();
    await page.getByRole('heading', { name: 'Take an order' }).waitFor();
    expect(await page.getByLabel('Body').inputValue()).toBe('{"items":[]}');
    await visit.end();
  });

  test('what a browser calls «failed to fetch» is told apart, and a key that may not call is known before', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const { secret } = door.server.demoKey('readerSandbox');
    await door.goTo(visit, '/explorer?api=api_OrdersSndbox&operation=POST+/v1/orders');
    await page.getByLabel('API key').fill(secret);
    await page.getByText('This key may not call this').waitFor();
    const send = page.getByRole('button', { name: 'Send', exact: true });
    await send.click();
    await page.getByText('The key may not do this').waitFor();
    const orders = `http://localhost:${door.server.port + 2}/orders/**`;
    const readable = { 'access-control-allow-origin': '*' };
    const others = { 'access-control-allow-origin': 'https://elsewhere.example' };
    for (const [told, answer] of [
      ['Nothing answers at that address', undefined],
      ['The API does not answer to pages', () => others],
      ['preflight refused it', (hasKey: boolean) => (hasKey ? others : readable)],
    ] as const) {
      await page.route(orders, (route, request) =>
        answer === undefined
          ? route.abort()
          : route.fulfill({ status: 200, body: 'x', headers: answer('x-api-key' in request.headers()) }),
      );
      await send.click();
      await page.getByText(told).first().waitFor();
      await page.unroute(orders);
    }
    await page.context().setOffline(true);
    await send.click();
    await page.getByText('The request was not sent').first().waitFor();
    await visit.end();
  });
});
