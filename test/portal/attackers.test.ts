import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { LEFT } from './support/looks.ts';
import { invitationMailedTo } from './support/mail.ts';
import { PAYLOADS } from './support/payloads.ts';
import { askForKey, shownSecret } from './support/stories.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const [DEVELOPER, NEWCOMER] = ['developer@keywright.test', 'newcomer@keywright.test'];
const KEYS = '/v1/tenants/tenant_acme/keys';
const OTHERS = 'tenant_others';
const ASTRAY = [
  '//elsewhere',
  'http://elsewhere/',
  '/\\elsewhere',
  '\\\\elsewhere',
  '/\t/elsewhere',
  '/%2f/elsewhere',
  '/..//elsewhere',
  '/%5c%5celsewhere',
  'javascript:hit()',
  '/auth/login?returnTo=http://elsewhere/',
];

inBrowser('whoever attacks by a browser', () => {
  let door: AdminsDoor;
  let elsewhere: Server;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
    await door.manage('POST', '/v1/tenants', { tenantId: OTHERS, name: 'Others' });
    elsewhere = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Elsewhere</title><body>');
    }).listen(0);
  }, 300_000);
  afterAll(async () => {
    elsewhere?.close();
    await door?.close();
  });

  const newKey = async (name: string, more: object = {}) =>
    (
      await door.manage('POST', KEYS, {
        ...{ name, type: 'secret', environment: 'sandbox', role: 'writer' },
        ...more,
      })
    ).body;

  test('finds by another tenant’s ids and addresses what is found by ids that nothing has', async () => {
    const { body } = await door.manage('GET', '/v1/products?limit=100');
    const product = body.items.find(
      (item: { environment: string }) => item.environment === 'sandbox',
    ) as Record<string, string>;
    const made = await door.manage('POST', '/v1/subscriptions', {
      ...{ tenantId: OTHERS, productId: product.productId, name: 'Theirs' },
      ...(product.termsVersion && { termsVersion: product.termsVersion }),
    });
    expect(made.status).toBe(201);
    const { subscriptionId } = made.body;
    const none = 'sub_000000000000';
    const visit = await door.visit({});
    await visit.signIn(DEVELOPER);
    const shownAt = async (path: string) => {
      await visit.goTo(path);
      return ((await visit.page.locator('main').first().textContent()) ?? '').replaceAll(
        /sub_\w{12}/g,
        'sub_…',
      );
    };
    for (const path of ['/subscriptions/:id', '/subscriptions/:id/roll']) {
      const theirs = await shownAt(path.replace(':id', subscriptionId));
      expect(theirs).not.toContain('Theirs');
      expect(theirs).toContain('Not found');
      expect(theirs).toBe(await shownAt(path.replace(':id', none)));
    }
    for (const path of [`/team?tenant=${OTHERS}`, `/usage?tenant=${OTHERS}`])
      expect(await shownAt(path)).not.toContain('Theirs');
    const nowhere = await shownAt('/nothing/is/here');
    for (const path of ['/admin/all', `/admin/tenants/${OTHERS}/keys`, `${TENANT}/keys/${door.keyId}`])
      expect(await shownAt(path)).toBe(nowhere);
    await visit.end();
  }, 120_000);

  test('and was a member until just now sees nothing more by the next click', async () => {
    await door.manage('POST', `/v1/tenants/${OTHERS}/invitations`, { email: NEWCOMER, role: 'developer' });
    const token = new URL(await invitationMailedTo(door.server, NEWCOMER)).hash.slice('#token='.length);
    expect((await door.manage('POST', '/v1/invitations/accept', { token }, NEWCOMER)).status).toBe(200);
    const visit = await door.visit({});
    const { page } = visit;
    await visit.signIn(NEWCOMER, '/subscriptions');
    await page.getByRole('link', { name: 'Theirs' }).waitFor();
    const members = `/v1/tenants/${OTHERS}/members`;
    const { items } = (await door.manage('GET', members)).body;
    const { sub } = items.find(({ email }: { email: string }) => email === NEWCOMER);
    await remove(`${members}/${sub}`);
    await sleep(5000);
    const answers: number[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/v1/subscriptions/')) answers.push(response.status());
    });
    await page.getByRole('link', { name: 'Theirs' }).click();
    await page.waitForURL(/\/welcome$/);
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.filter((status) => status < 400)).toEqual([]);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await visit.settle();
    await visit.screenshot('developer-removed');
    await visit.end();
  }, 120_000);

  async function remove(path: string): Promise<void> {
    const authorization = `Bearer ${await door.server.token('admin@keywright.test')}`;
    const answer = await fetch(door.server.managementUrl + path, {
      method: 'DELETE',
      headers: { authorization },
    });
    expect(answer.ok).toBe(true);
  }

  /** What an origin of one's own does with the cookies of whoever comes to it: of the same site, even. */
  const forgeries = (url: string, body: object): readonly string[] => {
    const text = JSON.stringify(body);
    const fetching = (init: object) =>
      `fetch(${JSON.stringify(url)}, ${JSON.stringify({ method: 'POST', credentials: 'include', ...init })}).catch(() => {})`;
    const form = (enctype: string) => `(() => {
      const form = document.createElement('form');
      Object.assign(form, { method: 'POST', action: ${JSON.stringify(url)}, enctype: ${JSON.stringify(enctype)} });
      const field = document.createElement('input');
      field.name = ${JSON.stringify(text.slice(0, -1))} + ',"x":"';
      field.value = '"}';
      form.append(field);
      document.body.append(form);
      form.submit();
    })()`;
    return [
      fetching({ mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: text }),
      fetching({ mode: 'no-cors', body: text }),
      fetching({ headers: { 'content-type': 'application/json', 'x-keywright': '1' }, body: text }),
      `navigator.sendBeacon(${JSON.stringify(url)}, ${JSON.stringify(text)})`,
      form('text/plain'),
      form('application/x-www-form-urlencoded'),
      form('multipart/form-data'),
    ];
  };

  test('changes nothing with somebody else’s cookie, from another origin of the same site', async () => {
    const visit = await door.visit({ ...door.admin, also: [origin()] });
    const { page } = visit;
    const url = `${door.server.managementUrl}${KEYS}`;
    const key = { name: 'Forged', type: 'secret', environment: 'sandbox', role: 'writer' };
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (response.url() === url && response.request().method() === 'POST') statuses.push(response.status());
    });
    const attacks = forgeries(url, key);
    for (const attack of attacks) {
      await page.goto(origin());
      await page.evaluate(attack);
      await visit.settle();
    }
    // Of these a preflight stops one, before it is sent.
    expect(statuses).toEqual(Array(attacks.length - 1).fill(403));
    const { body } = await door.manage('GET', '/v1/keys?q=Forged');
    expect(body.items).toEqual([]);
    await visit.end();
  }, 120_000);

  const origin = () => `http://localhost:${(elsewhere.address() as AddressInfo).port}`;

  test('is led by returnTo to no other origin, once signed in', async () => {
    const host = origin().slice('http://'.length);
    const visit = await door.visit({});
    await visit.signIn('auditor@keywright.test', '/admin/all');
    for (const returnTo of ASTRAY) {
      const asked = new URLSearchParams({ returnTo: returnTo.replace('elsewhere', host) });
      await visit.page.goto(`/auth/login?${asked}`);
      await visit.page.waitForLoadState();
      expect([returnTo, new URL(visit.page.url()).origin]).toEqual([returnTo, door.server.managementUrl]);
      await visit.page.getByRole('button', { name: /^Account of/ }).waitFor();
    }
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  }, 120_000);

  test('writes programs into names, metadata, documentation and documents, and none runs', async () => {
    const hits: string[] = [];
    const visit = await door.visit();
    const { page } = visit;
    await page.exposeFunction('hit', () => hits.push(page.url()));
    page.on('dialog', (dialog) => {
      hits.push(dialog.message());
      void dialog.accept();
    });
    const names: string[] = [];
    for (const [index, payload] of PAYLOADS.entries()) {
      const name = `${index} ${payload}`.replaceAll(/\p{Cc}/gu, '').slice(0, 100);
      const { key } = await newKey(name, { metadata: { note: payload.replaceAll(/\p{Cc}/gu, ' ') } });
      names.push(key.keyId);
    }
    const { apiId, productId } = await publish();
    const isThere = (index: number) => PAYLOADS[index] ?? '';
    const pages: [string, string][] = [
      [`${TENANT}/keys`, `${PAYLOADS.length - 1} <a href="data:`],
      ...names
        .slice(0, 6)
        .map((keyId, index): [string, string] => [`${TENANT}/keys/${keyId}`, `${index} ${isThere(index)}`]),
      [`${TENANT}/audit`, names.at(-1) ?? ''],
      [`/admin/all/apis/${apiId}`, isThere(0)],
      ['/admin/all/products', isThere(6)],
      [`/products/${productId}`, isThere(6)],
      [`/explorer?api=${apiId}`, isThere(2)],
    ];
    for (const [path, text] of pages) {
      await visit.goTo(path);
      await page.getByText(text).locator('visible=true').first().waitFor();
      await clickAll(page);
    }
    expect(hits).toEqual([]);
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  }, 300_000);

  /** An API and a product whose words are all programs. */
  async function publish(): Promise<{ apiId: string; productId: string }> {
    const all = PAYLOADS.join('\n\n').replaceAll(/(?!\n)\p{Cc}/gu, '');
    const api = await door.manage('POST', '/v1/apis', {
      name: PAYLOADS[0],
      environment: 'sandbox',
      scheme: 'tenant',
      baseUrl: `http://localhost:${door.server.port + 2}/orders/sandbox`,
      description: PAYLOADS[1],
    });
    expect(api.body).toMatchObject({ apiId: expect.any(String) });
    const { apiId } = api.body;
    const described = { summary: PAYLOADS[2], description: all };
    const document = {
      openapi: '3.1.0',
      info: { title: PAYLOADS[3], version: '1', description: all },
      paths: {
        '/v1/orders': {
          get: {
            ...described,
            parameters: [
              { name: 'q', in: 'query', description: all, example: PAYLOADS[4], schema: { type: 'string' } },
            ],
            responses: { 200: { description: all } },
          },
        },
      },
    };
    expect((await door.manage('PUT', `/v1/apis/${apiId}/openapi`, document)).status).toBe(200);
    const subscribed = await door.manage('POST', '/v1/apis', {
      ...{ name: PAYLOADS[5], environment: 'sandbox', scheme: 'subscription' },
      baseUrl: `http://localhost:${door.server.port + 2}/payments/sandbox`,
    });
    const product = await door.manage('POST', '/v1/products', {
      ...{ name: PAYLOADS[6], description: PAYLOADS[7], documentation: all },
      ...{ apiIds: [subscribed.body.apiId], requiresApproval: true },
    });
    expect(product.body).toMatchObject({ productId: expect.any(String) });
    return { apiId, productId: product.body.productId };
  }

  /** Whatever of our own making looks like a link there. */
  async function clickAll(page: Page): Promise<void> {
    for (const link of await page.getByRole('link', { name: 'click', exact: true }).all())
      await link.click({ timeout: 2000, noWaitAfter: true }).catch(() => undefined);
    const hrefs = (await page.evaluate(
      "[...document.querySelectorAll('a')].map(({ href }) => href)",
    )) as string[];
    expect(hrefs.filter((href) => !/^(?:https?:|mailto:|$)/.test(href))).toEqual([]);
  }

  test('goes back and forward to where a secret was shown, and finds none', async () => {
    const visit = await door.visit();
    const { page } = visit;
    page.on('dialog', (dialog) => void dialog.accept());
    await askForKey(visit, TENANT, 'Left open', 'Sandbox');
    const secret = await shownSecret(visit);
    expect(await page.evaluate(LEFT)).toContain(secret);
    for (const away of ['about:blank', origin(), `${door.server.managementUrl}/admin`]) {
      await page.goto(away);
      await page.goBack();
      await page.locator('#root h1:visible').first().waitFor();
      expect(await page.evaluate(LEFT)).not.toContain(secret);
    }
    await visit.end();
  }, 120_000);
});
