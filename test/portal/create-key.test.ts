import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { WINDOWS } from './support/looks.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

inBrowser('the form of a new key', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  test.each(WINDOWS)(
    'has four steps on one page, and tells meanwhile what the key can call: %s',
    async (window, options) => {
      const visit = await door.visit({ ...options, ...door.admin });
      const { page } = visit;
      const name = `Narrow, ${window}`;
      await door.goTo(visit, `${TENANT}/keys/new`);
      const headings = await page.getByRole('heading', { level: 2 }).allTextContents();
      expect(headings.filter((text) => /^\d/.test(text))).toEqual([
        ...['1. Name', '2. Environment and type', '3. Role and permissions', '4. Restrictions'],
      ]);
      await page.getByLabel('Name').first().fill(name);
      await page.getByRole('button', { name: /Role/ }).first().click();
      await page.getByRole('option', { name: /writer/ }).click();
      // A role that may do everything is narrowed as any other.
      await page.getByRole('checkbox', { name: 'orders:write' }).uncheck({ force: true });
      await page.getByText('GET /v1/products', { exact: true }).waitFor();
      await page.getByRole('button', { name: /^Add my address/ }).click();
      expect(await page.getByLabel(/^Networks/).inputValue()).toMatch(/^(127\.0\.0\.1|::1)$/);
      expect(await page.getByRole('button', { name: /^Add my address/ }).isDisabled()).toBe(true);
      expect(await accessibilityProblems(page)).toEqual([]);
      await visit.screenshot(`admin-create-key-chosen-${window}`);
      await page.getByRole('button', { name: 'Create key' }).click();
      const secret = (await page.locator('.secret').textContent()) ?? '';
      const { body } = await door.manage('GET', `/v1/keys?q=${encodeURIComponent('Narrow, ')}`);
      const made = body.items.find((key: { name: string }) => key.name === name);
      expect(made.allowedCidrs).toHaveLength(1);
      expect(made.permissions).not.toContain('orders:write');
      expect((await door.call(secret.trim(), '/orders/sandbox/v1/orders')).status).toBe(200);
      expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
      await visit.end();
    },
  );

  test('says in the tiles what a tenant’s rules make of a live key, and that a policy asks for networks', async () => {
    const change = (body: object) => door.manage('PATCH', '/v1/tenants/tenant_acme', body);
    await change({ settings: { requireApproval: true, keyPolicies: { sandbox: { cidrRequired: true } } } });
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/keys/new`);
    await page.getByText('it waits until a second admin approves it').waitFor();
    await page.getByText('asks for one at least').waitFor();
    await page.getByRole('radio', { name: /^Publishable/ }).check({ force: true });
    await page.getByText('asks for one at least').waitFor({ state: 'detached' });
    await change({ settings: { requireApproval: false, keyPolicies: { sandbox: null } } });
    await visit.end();
  });
});
