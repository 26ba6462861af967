import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { LOOKS } from './support/looks.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const DAY_MILLISECONDS = 86_400_000;

inBrowser('the overview of a tenant', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  const newKey = (name: string, days: number) =>
    door.manage('POST', '/v1/tenants/tenant_acme/keys', {
      ...{ name, type: 'secret', environment: 'sandbox', role: 'writer' },
      expiresAt: new Date(Date.now() + days * DAY_MILLISECONDS).toISOString(),
    });

  test('lists what ends next and what waits for a decision of one’s own, and sets today against yesterday', async () => {
    for (const [name, days] of [
      ['Ends third', 9],
      ['Ends first', 2],
      ['Ends second', 5],
      ['Ends late', 60],
    ] as const)
      expect((await newKey(name, days)).status).toBe(201);
    await door.manage('PATCH', '/v1/tenants/tenant_acme', { settings: { requireApproval: true } });
    const own = { name: 'Own', type: 'secret', environment: 'live', role: 'writer' };
    for (const by of ['admin@keywright.test', 'second-admin@keywright.test'])
      expect((await door.manage('POST', '/v1/tenants/tenant_acme/keys', own, by)).status).toBe(202);
    const counted = async () => (await door.manage('GET', '/v1/summary?tenantId=tenant_acme')).body;
    while ((await counted()).requests.today.requests === 0) await sleep(100);

    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/overview`);
    const linksOf = (title: string) =>
      page
        .locator('ul.short-list')
        .nth(title === 'Waits for you' ? 0 : 1)
        .getByRole('link');
    await page.getByRole('link', { name: 'Ends first' }).waitFor();
    expect(await linksOf('Keys that end soon').allTextContents()).toEqual([
      'Ends first',
      'Ends second',
      'Ends third',
    ]);
    // What the admin asked for waits for somebody else.
    await page.getByText('Asked by second-admin@keywright.test').waitFor();
    expect(await linksOf('Waits for you').allTextContents()).toEqual(['Billing, second try', 'Create key']);
    expect(await page.getByText('Asked by admin@keywright.test').count()).toBe(0);
    for (const title of ['Requests today, so far', 'Requests yesterday', 'Errors today', 'Errors yesterday'])
      await page.getByText(title, { exact: true }).waitFor();
    await visit.end();

    for (const [look, options] of LOOKS) {
      const looked = await door.visit({ ...door.admin, ...options });
      await door.goTo(looked, `${TENANT}/overview`);
      expect(await accessibilityProblems(looked.page)).toEqual([]);
      await looked.screenshot(`admin-overview-lists-${look}`);
      await looked.end();
    }
  }, 240_000);

  test('leads to all of them, also from that of all tenants', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/admin/all/overview');
    await page.getByRole('link', { name: 'Ends first' }).waitFor();
    await page.getByRole('link', { name: 'All that end' }).click();
    await page.waitForURL(/\/admin\/all\/keys\?status=active&expiresBefore=/);
    await page.goBack();
    await page.getByRole('link', { name: 'All that waits' }).click();
    await page.waitForURL(/\/admin\/all\/queue$/);
    await visit.end();
  }, 120_000);
});
