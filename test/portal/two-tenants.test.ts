import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessibilityProblems } from './support/accessibility.ts';
import { findBrowser } from './support/chromium.ts';
import { DevelopersDoor } from './support/developers-door.ts';
import { LOOKS } from './support/looks.ts';
import { invitationMailedTo } from './support/mail.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const DEVELOPER = 'developer@keywright.test';
/** Before Acme in every list. */
const ABC = 'tenant_abc';

inBrowser('a developer of two tenants, who is an admin of one', () => {
  let door: DevelopersDoor;
  beforeAll(async () => {
    door = await DevelopersDoor.open(browser);
    await door.manage('POST', '/v1/tenants', { tenantId: ABC, name: 'Abc' });
    await door.manage('POST', `/v1/tenants/${ABC}/invitations`, { email: DEVELOPER, role: 'admin' });
    const [, token = ''] = (await invitationMailedTo(door.server, DEVELOPER)).split('#token=');
    await door.manage('POST', '/v1/invitations/accept', { token: decodeURIComponent(token) }, DEVELOPER);
  }, 300_000);
  afterAll(() => door?.close());

  test('calls for the tenant whose key was pasted, and is told where another one was chosen', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/explorer?api=api_OrdersSndbox');
    const tenant = page.getByRole('button', { name: /^Tenant/ });
    while (!(await tenant.textContent())?.includes('Abc')) await sleep(50);
    await page.getByLabel('API key').fill(door.server.demoKey('secretSandbox').secret);
    while (!(await tenant.textContent())?.includes('Acme')) await sleep(50);
    await page.getByText("'x-tn: tenant_acme'").waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('"tenantId": "tenant_acme"').waitFor();
    await tenant.click();
    await page.getByRole('option', { name: 'Abc' }).click();
    await page.getByText('The key is of tenant_acme: the API refuses it for another tenant').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.end();
  });

  test('finds the subscription that works before those that have ended, and the others by one link', async () => {
    const productId = door.addressOf(':product');
    for (let i = 0; i < 5; i++) {
      const body = { tenantId: 'tenant_acme', productId, name: `Ended ${i}` };
      const { subscriptionId } = await door.manage('POST', '/v1/subscriptions', body);
      await door.manage('POST', `/v1/subscriptions/${subscriptionId}/reject`, { reason: 'No' });
    }
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/products/:product');
    const own = page.getByRole('link', { name: /^(?:Billing|Ended)/ });
    expect((await own.allTextContents()).slice(0, 3)).toEqual(['Billing', 'Billing, second try', 'Ended 4']);
    await page.getByRole('link', { name: 'All of them' }).click();
    await page.getByRole('link', { name: 'Ended 0' }).waitFor();
    expect(new URL(page.url()).searchParams.get('productId')).toBe(productId);
    await visit.end();
  });

  test('goes by Ctrl+K to a subscription, by its name or the end of its key, and to a product', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const { primaryKey, subscriptionId } = door.notes.activeSandbox;
    for (const [typed, option, heading, path] of [
      ['second', /Billing, second try/, 'Billing, second try', '/subscriptions/:pending'],
      [primaryKey.slice(-4), /Billing/, 'Billing', `/subscriptions/${subscriptionId}`],
      [primaryKey, /Billing/, 'Billing', `/subscriptions/${subscriptionId}`],
      ['payments', /sandbox product/, 'payments', '/products/:product'],
    ] as const) {
      await door.goTo(visit, '/profile/sessions');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Where to go' }).fill(typed);
      await page.getByRole('option', { name: option }).first().waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      await page.getByRole('option', { name: option }).first().click();
      await page.getByRole('heading', { name: heading, exact: true, level: 1 }).waitFor();
      expect(new URL(page.url()).pathname).toBe(door.addressOf(path));
    }
    await visit.end();
  });

  test('whose role is not enough is told which would do, and who can give it', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const message = 'This operation is for the roles admin; yours is developer';
    const error = { code: 'forbidden', message, type: 'permission_error', requestId: 'x' };
    await page.route('**/v1/me/notifications', (route) => route.fulfill({ status: 403, json: { error } }));
    await page.goto('/profile/notifications');
    await page.getByText(message).waitFor();
    await page.getByText(`Admins of Abc: ${DEVELOPER}`).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('developer-forbidden');
    await visit.end();
  });

  test('chooses between the teams by a field that says so, and invites', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/team');
    await page.getByRole('table').getByText(DEVELOPER).waitFor();
    await page.getByRole('button', { name: 'Invite people' }).waitFor();
    await page.getByRole('button', { name: /^Tenant/ }).click();
    await page.getByRole('option', { name: 'Acme' }).click();
    await page.getByText('No members yet').waitFor();
    expect(new URL(page.url()).searchParams.get('tenant')).toBe('tenant_acme');
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('developer-team-of-two');
    await visit.end();
  });

  test('on a phone a dialog has the whole screen', async () => {
    const [, phone = {}] = LOOKS.find(([name]) => name === 'phone') ?? [];
    const visit = await door.visit({ ...door.developer, ...phone });
    const { page } = visit;
    await door.goTo(visit, '/products/:product?subscribe=1');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const { width = 0, height = 0 } = (await dialog.boundingBox()) ?? {};
    expect([width, height]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(width).toBeGreaterThanOrEqual(390 - 32);
    expect(height).toBeGreaterThanOrEqual(844 - 96);
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('developer-subscribe-phone');
    await visit.end();
  });
});
