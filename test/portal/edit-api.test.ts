import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  changesOfApi,
  consequencesOf,
  draftOfApi,
  EMPTY_API,
  newApiOf,
  settingsInWords,
} from '../../portal/src/admin/catalogue/api-draft.ts';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { notesIn } from './support/developers-door.ts';
import { Keyboard } from './support/keyboard.ts';
import { LOOKS } from './support/looks.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

const PAYMENTS = '/v1/apis/api_PaymentsSndb';
const PAGE = '/admin/all/apis/api_PaymentsSndb';
const EDIT = `${PAGE}/edit`;
const NOTHING = { foreign: [], cspReports: [], errors: [] };
const OAUTH = {
  ...{ issuer: 'https://id.example.com', audience: 'orders' },
  ...{ requiredScopes: ['a', 'b'], requiredRoles: ['Order desk'] },
};
const BEFORE = {
  ...{ name: 'orders', description: null, baseUrl: 'https://a.example.com' },
  ...{ clientKeyRequired: false, oauth: OAUTH, environment: 'sandbox' as const },
};

describe('the form of an API', () => {
  const draft = draftOfApi(BEFORE);
  const changes = (part: object, scheme: 'tenant' | 'subscription' = 'subscription') =>
    changesOfApi(BEFORE, { ...draft, ...part }, scheme);

  test('sends what was changed and nothing else, as it is meant', () => {
    expect(changes({})).toEqual({});
    expect(changes({ name: ' Orders ' })).toEqual({ name: 'Orders' });
    expect(changes({ name: ' orders ', description: ' \n' })).toEqual({});
    expect(changes({ description: 'One\nline ' })).toEqual({ description: 'One line' });
    expect(changes({ baseUrl: ' ' })).toEqual({ baseUrl: null });
    expect(changes({ tokenRequired: false })).toEqual({ oauth: null });
    expect(changes({ scopes: ' a  c\tb', roles: 'Order desk\r\n\n Clerk ' })).toEqual({
      oauth: { ...OAUTH, requiredScopes: ['a', 'c', 'b'], requiredRoles: ['Order desk', 'Clerk'] },
    });
    const ofTenant = { ...BEFORE, oauth: null };
    expect(changesOfApi(ofTenant, { ...draft, clientKeyRequired: true }, 'tenant')).toEqual({});
  });

  test('shows settings as people say them', () => {
    expect(settingsInWords({ ...changes({ clientKeyRequired: true, baseUrl: '' }), oauth: OAUTH })).toEqual({
      ...{ baseUrl: null, clientKeyRequired: 'Required' },
      oauth: 'Of https://id.example.com for orders, with the scopes a, b, with the roles Order desk',
    });
    expect(settingsInWords({ clientKeyRequired: false, oauth: null })).toEqual({
      ...{ clientKeyRequired: 'Not needed', oauth: 'Not needed' },
    });
  });

  test('registers an API with what it has, and asks nothing of callers that its scheme does not know', () => {
    const typed = { ...EMPTY_API, name: 'Orders', clientKeyRequired: true, tokenRequired: true };
    const asked = { clientKeyRequired: false, oauth: null };
    expect(newApiOf(typed, { environment: 'live', scheme: 'tenant' })).toEqual({
      ...{ name: 'Orders', environment: 'live', scheme: 'tenant', ...asked },
    });
    expect(
      newApiOf({ ...draft, description: 'Sells' }, { environment: 'live', scheme: 'subscription' }),
    ).toEqual({
      ...{ name: 'orders', description: 'Sells', baseUrl: 'https://a.example.com' },
      ...{ clientKeyRequired: false, oauth: OAUTH, environment: 'live', scheme: 'subscription' },
    });
  });

  test('says whom a change shuts out, lets in and sends elsewhere', () => {
    const told = (part: object) => consequencesOf(BEFORE, changes(part), ['https://a.example.com']);
    const callers = (part: object) => told(part).callers.join(' ');
    expect(told({})).toEqual({ callers: [], readers: [] });
    expect(callers({ clientKeyRequired: true })).toMatch(/without the API’s client key are refused/);
    expect(callers({ tokenRequired: false })).toMatch(/let in without an access token/);
    expect(callers({ audience: 'others' })).toMatch(/for orders are refused; only those .* for others/);
    expect(callers({ scopes: 'a c', roles: '' })).toBe(
      'Tokens without the scope c are refused. Tokens need the scope b no more. Tokens need the role Order desk no more.',
    );
    const [asked] = consequencesOf({ ...BEFORE, oauth: null }, { oauth: OAUTH }, []).callers;
    expect(asked).toBe('Calls without an access token of https://id.example.com for orders are refused.');
    expect(told({ baseUrl: 'https://a.example.com/v2' }).readers).toHaveLength(1);
    expect(told({ baseUrl: 'https://b.example.com' }).readers[1]).toMatch(/https:\/\/b.example.com is none/);
    expect(told({ baseUrl: 'b' }).readers).toHaveLength(1);
    expect(told({ baseUrl: '' }).readers).toEqual([
      'The catalogue names no address, and the explorer can’t call the API.',
    ]);
    expect(told({ name: 'sales' }).readers[0]).toMatch(/as sales\/sandbox and not as orders\/sandbox/);
    expect(told({ description: 'Sells' })).toEqual({ callers: [], readers: [] });
  });
});

inBrowser('an API’s settings', () => {
  let door: AdminsDoor;
  let clientKey: string;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
    await door.manage('PATCH', PAYMENTS, { clientKeyRequired: false, oauth: null });
    ({ clientKey } = (await door.manage('POST', `${PAYMENTS}/client-key/reveal`, {})).body);
  }, 300_000);
  afterAll(() => door?.close());

  const statusOf = async (headers: Record<string, string> = {}) => {
    const { primaryKey } = notesIn(door.server.dataDir).activeSandbox;
    const url = `http://localhost:${door.server.port + 2}/payments/sandbox/v1/payments`;
    return (await fetch(url, { headers: { 'ocp-apim-subscription-key': primaryKey, ...headers } })).status;
  };

  test('are edited by keyboard alone; callers without a client key are told of first and refused then', async () => {
    while ((await statusOf()) !== 200) await sleep(100);
    const visit = await door.visit();
    const { page } = visit;
    const keyboard = new Keyboard(page);
    await door.goTo(visit, PAGE);
    await keyboard.enter('Edit API');
    await page.getByRole('heading', { name: 'Edit payments' }).waitFor();
    await visit.settle();
    expect(await page.getByRole('button', { name: 'Save' }).isEnabled()).toBe(false);
    await keyboard.tabTo(/^Description/);
    await keyboard.press('Control+a');
    await keyboard.type('Charges cards');
    await keyboard.tabTo(/Callers send it as well/);
    await keyboard.press(' ');
    await page.getByText('Calls without the API’s client key are refused.').first().waitFor();
    expect(await statusOf()).toBe(200);
    await keyboard.enter('Save');
    await page.getByText('payments is saved').waitFor();
    await page.getByRole('heading', { name: 'payments', exact: true }).waitFor();
    await page.getByText('Charges cards').waitFor();
    expect(keyboard.unseen).toEqual([]);
    while ((await statusOf()) !== 401) await sleep(100);
    expect(await statusOf({ 'client-key': clientKey })).toBe(200);
    expect((await door.manage('GET', PAYMENTS)).body).toMatchObject({
      ...{ name: 'payments', description: 'Charges cards', clientKeyRequired: true, oauth: null },
    });
    expect(visit.seen).toEqual(NOTHING);
    await visit.end();
    await door.manage('PATCH', PAYMENTS, { clientKeyRequired: false });
  }, 120_000);

  test.each(LOOKS)(
    'can be read by everybody with what a change means, and what is wrong stands at its field: %s',
    async (look, options) => {
      const visit = await door.visit({ ...options, ...door.admin });
      const { page } = visit;
      await door.goTo(visit, EDIT);
      await page.getByText('Callers send one as well').click();
      await page.getByLabel('Issuer').fill('https://id.example.com?x');
      await page.getByLabel('Audience').fill('payments');
      await page.getByLabel(/^Scopes/).fill('payments.read payments.write');
      await page.getByLabel(/^Base URL/).fill('ftp://pay.example.com');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('expected an https URL without query').waitFor();
      await page.getByText('expected an https URL (http for localhost alone)').waitFor();
      expect(await page.getByText('That did not work').count()).toBe(0);
      expect(await accessibilityProblems(page)).toEqual([]);
      await visit.screenshot(`admin-edit-api-wrong-${look}`);
      // What was wrong with a field is not said of what it holds next; sent again, the same is said again.
      const [ofIssuer, ofBaseUrl] = [
        /^expected an https URL without query/,
        /^expected an https URL \(http/,
      ].map((text) => page.getByText(text));
      await page.getByLabel('Issuer').fill('https://id.example.com');
      await ofIssuer?.waitFor({ state: 'hidden' });
      expect(await ofBaseUrl?.isVisible()).toBe(true);
      await page.getByRole('button', { name: 'Save' }).click();
      await ofBaseUrl?.waitFor();
      await page.getByLabel(/^Base URL/).fill('ftp://pay.example.com/');
      await ofBaseUrl?.waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Save' }).click();
      await ofBaseUrl?.waitFor();
      await page.getByLabel(/^Base URL/).fill('https://pay.example.com');
      await page.getByText('Calls without an access token of https://id.example.com').first().waitFor();
      await page.getByText('Tokens without the scope payments.write are refused.').first().waitFor();
      await page.getByText('https://pay.example.com is none of them').first().waitFor();
      await page.getByText('Show as code').click();
      await page.getByRole('tab', { name: 'CLI' }).click();
      await page.getByText('keywright apis update api_PaymentsSndb --file -').waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      await visit.screenshot(`admin-edit-api-changes-${look}`);
      expect(visit.seen).toEqual(NOTHING);
      await visit.end();
    },
    120_000,
  );

  test('a token that routes ask scopes of can’t be done without', async () => {
    const made = { name: 'Scoped', environment: 'sandbox', scheme: 'subscription', oauth: OAUTH };
    const routes = [{ method: 'GET', path: '/v1/orders', scopes: ['c'] }];
    const { apiId } = (await door.manage('POST', '/v1/apis', { ...made, routes })).body;
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `/admin/all/apis/${apiId}/edit`);
    await page.getByText('Callers send one as well').click();
    await page.getByText('A route asks for scopes of the token.').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isEnabled()).toBe(false);
    expect(await accessibilityProblems(page)).toEqual([]);
    // Whatever is taken away, what was typed is still there when it comes back.
    await page.getByText('Callers send one as well').click();
    expect(await page.getByLabel('Issuer').inputValue()).toBe(OAUTH.issuer);
    await visit.end();
  }, 60_000);

  test('what somebody else has changed meanwhile is shown beside one’s own; what this page is not about stays', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const save = page.getByRole('button', { name: 'Save' });
    await door.goTo(visit, EDIT);
    await page.getByLabel(/^Description/).fill('Mine');
    await door.manage('PATCH', PAYMENTS, { description: 'Theirs' });
    await save.click();
    await page.getByText('Somebody has changed it meanwhile').waitFor();
    await page.getByText('Theirs').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-edit-api-stale');
    await page.getByRole('button', { name: 'Use mine' }).click();
    await page.getByText('payments is saved').waitFor();

    await door.goTo(visit, EDIT);
    await page.getByLabel(/^Description/).fill('Mine again');
    const { routes } = (await door.manage('GET', PAYMENTS)).body;
    const more = [...routes, { method: 'GET', path: '/v1/offers', permission: 'offers:read' }];
    await door.manage('PATCH', PAYMENTS, { routes: more });
    await save.click();
    await page.getByText('Somebody has changed something else of it meanwhile').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect((await door.manage('GET', PAYMENTS)).body.description).toBe('Mine');
    await save.click();
    await page.getByText('payments is saved').waitFor();
    const { body } = await door.manage('GET', PAYMENTS);
    expect([body.description, body.routes.length]).toEqual(['Mine again', more.length]);
    await door.manage('PATCH', PAYMENTS, { routes });
    expect(visit.seen).toEqual(NOTHING);
    await visit.end();
  }, 60_000);

  test('are not for whoever may only read them', async () => {
    const visit = await door.visit({});
    await visit.signIn('auditor@keywright.test', EDIT);
    await visit.page.getByText('Your role does not allow this').waitFor();
    await visit.goTo(PAGE);
    expect(await visit.page.getByRole('link', { name: 'Edit API' }).count()).toBe(0);
    await visit.end();
  }, 60_000);
});
