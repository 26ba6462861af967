import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AdminsDoor } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { LEFT } from './support/looks.ts';
import { askForKey, storeIt } from './support/stories.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const SECOND = 'second-admin@keywright.test';
const TENANT = 'tenant_careful';
const PAGES = `/admin/tenants/${TENANT}`;
const LIVE_SECRET = /sk_live_\w{50,}/;

inBrowser('two admins of a tenant with four eyes', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
    await door.manage('POST', '/v1/tenants', { tenantId: TENANT, name: 'Careful' });
    await door.manage('PATCH', `/v1/tenants/${TENANT}`, { settings: { requireApproval: true } });
  }, 300_000);
  afterAll(() => door?.close());

  test('make a live key together: who asked for it sees the secret, who approved it never does', async () => {
    const requester = await door.visit();
    const { page } = requester;
    await askForKey(requester, PAGES, 'Together', 'Live');
    await page.waitForURL(/\/queue\/apr_/);
    const request = new URL(page.url()).pathname;
    // One's own request is for others to approve.
    await page.getByRole('button', { name: 'Withdraw' }).waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    const approver = await door.visit({});
    const answers: string[] = [];
    approver.page.on('response', async (response) => {
      if (response.url().includes('/v1/')) answers.push(await response.text().catch(() => ''));
    });
    await approver.signIn(SECOND, request);
    await approver.page.getByRole('button', { name: 'Approve' }).click();
    await approver.page.getByText('Approved').first().waitFor();
    expect(await approver.page.getByRole('button', { name: 'Carry out and show' }).count()).toBe(0);

    await page.getByRole('button', { name: 'Carry out and show' }).click({ timeout: 60_000 });
    const shown = page.locator('.secret');
    await shown.waitFor();
    const [secret = 'none'] = LIVE_SECRET.exec((await shown.textContent()) ?? '') ?? [];
    await storeIt(requester);
    expect(await page.evaluate(LEFT)).not.toContain(secret);
    expect(await called(secret)).toBe(200);

    await approver.page.reload();
    await approver.settle();
    expect(await approver.page.evaluate(LEFT)).not.toMatch(LIVE_SECRET);
    expect(answers.filter((answer) => LIVE_SECRET.test(answer))).toEqual([]);
    await requester.end();
    await approver.end();
  }, 200_000);

  async function called(secret: string): Promise<number> {
    const address = `http://localhost:${door.server.port + 2}/orders/live/v1/orders`;
    return (await fetch(address, { headers: { 'x-api-key': secret, 'x-tn': TENANT } })).status;
  }
});
