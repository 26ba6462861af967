import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

inBrowser('an admin', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  const askFor = async (productId: string, name: string) => {
    const body = { tenantId: 'tenant_acme', productId, name, use: `For the ${name}` };
    const { status } = await door.manage('POST', '/v1/subscriptions', body, 'developer@keywright.test');
    expect(status).toBe(201);
  };

  test('finds what waits with the oldest first, who asks and what for, and decides by keyboard alone', async () => {
    const { body: list } = await door.manage('GET', '/v1/products');
    const { productId } = list.items.find(
      ({ environment }: { environment: string }) => environment === 'sandbox',
    );
    await askFor(productId, 'Kiosk');
    await askFor(productId, 'Till');
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/queue`);
    const names = page.locator('[data-request]');
    await page.getByText('For the Till').waitFor();
    expect(await names.allTextContents()).toEqual(['Billing, second try', 'Kiosk', 'Till']);
    const kiosk = page.getByRole('row', { name: /Kiosk/ });
    for (const text of ['developer@keywright.test', 'Acme', 'For the Kiosk', 'payments', '600 a minute'])
      expect(await kiosk.textContent()).toContain(text);
    expect(await accessibilityProblems(page)).toEqual([]);

    const isAt = async (name: string) => {
      while ((await page.evaluate('document.activeElement?.textContent')) !== name)
        await page.waitForTimeout(20);
    };
    for (const key of ['j', 'j', 'j', 'j', 'k']) await page.keyboard.press(key);
    await isAt('Kiosk');
    await page.keyboard.press('a');
    await page.getByText('Kiosk is approved').waitFor();
    while ((await names.count()) !== 2) await page.waitForTimeout(20);
    await page.keyboard.press('k');
    await isAt('Till');
    await page.keyboard.press('r');
    const reason = page.getByRole('dialog').getByRole('textbox').first();
    // Letters are a text there, and no orders.
    await reason.fill('j a r');
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Till is rejected').waitFor();
    await visit.end();
  }, 120_000);

  test('goes from the numbers of all tenants to the keys of all of them, and to one by its name', async () => {
    await door.manage('POST', '/v1/tenants', { tenantId: 'tenant_bank', name: 'Bank' });
    const key = { name: 'Vault door', type: 'secret', environment: 'sandbox', role: 'reader' };
    const made = await door.manage('POST', '/v1/tenants/tenant_bank/keys', key);
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/admin/all/overview');
    await page.getByRole('link', { name: /^Active sandbox keys: / }).click();
    await page.waitForURL(/\/admin\/all\/keys\?status=active&environment=sandbox/);
    await page.getByRole('link', { name: 'Vault door' }).waitFor();
    expect(await page.getByRole('row', { name: /Order report/ }).textContent()).toContain('tenant_acme');

    await door.goTo(visit, '/admin/all/keys?q=vault');
    await page.getByRole('link', { name: 'Vault door' }).waitFor();
    expect(await page.getByRole('link', { name: 'Order report' }).count()).toBe(0);
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(/A page, or a key/).fill('vaul');
    await page.getByText(/sandbox key key_\w+ of tenant_bank/).click();
    await page.waitForURL(`**/admin/tenants/tenant_bank/keys/${made.body.key.keyId}`);

    // What a tenant alone has is left for the overview.
    await door.goTo(visit, `${TENANT}/settings`);
    await page.getByRole('button', { name: 'Tenant Acme' }).click();
    await page.getByRole('option', { name: 'All tenants' }).click();
    await page.getByRole('heading', { name: 'All tenants' }).waitFor();
    await visit.end();
  }, 120_000);

  test('comes from the number of keys that are being rotated to those keys alone', async () => {
    const rotated = await door.manage('POST', `/v1/tenants/tenant_acme/keys/${door.keyId}/rotate`, {
      overlapSeconds: 3600,
    });
    expect(rotated.status).toBe(200);
    const counted = async () => (await door.manage('GET', '/v1/summary?tenantId=tenant_acme')).body.keys;
    while ((await counted()).inOverlap !== 1) await sleep(100);
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/overview`);
    await page.getByRole('link', { name: 'Being rotated: 1' }).click();
    await page.waitForURL(/\/keys\?inOverlap=true$/);
    await page.getByText('Rotating').waitFor();
    await page.getByText('Being rotated = yes').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-keys-rotating');
    await visit.end();
  });

  test('sets a key policy, which the form of a new key keeps to, and takes it away again', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const policies = async () =>
      (await door.manage('GET', '/v1/tenants/tenant_acme')).body.settings.keyPolicies;
    await door.goTo(visit, `${TENANT}/settings`);
    await page.getByLabel('Longest life of a key, in days, sandbox').fill('60');
    await page.getByLabel('Longest overlap of a rotation, in hours, live').fill('24');
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-key-policy');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect(await policies()).toEqual({
      sandbox: { maxLifetimeDays: 60 },
      live: { maxOverlapSeconds: 86_400 },
    });
    await door.goTo(visit, `${TENANT}/keys/new`);
    await page.getByText('within 60 days at most').waitFor();
    const isOffered = (text: string) => page.getByRole('button', { name: text, exact: true }).isEnabled();
    expect(await Promise.all(['Never', '30 days', '90 days'].map(isOffered))).toEqual([false, true, false]);

    await door.goTo(visit, `${TENANT}/settings`);
    await page.getByLabel('Longest life of a key, in days, sandbox').fill('');
    await page.getByLabel('Longest overlap of a rotation, in hours, live').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved', { exact: true }).last().waitFor();
    while (Object.keys((await policies()) ?? {}).length > 0) await page.waitForTimeout(50);
    await visit.end();
  }, 120_000);
});
