import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { invitationMailedTo } from './support/mail.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const [DEVELOPER, AUDITOR] = ['developer@keywright.test', 'auditor@keywright.test'];

inBrowser('an admin who watches over a tenant', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  test('sees where a member is signed in and ends that, which holds at the next click', async () => {
    const members = '/v1/tenants/tenant_acme';
    await door.manage('POST', `${members}/invitations`, { email: DEVELOPER, role: 'developer' });
    const token = new URL(await invitationMailedTo(door.server, DEVELOPER)).hash.slice('#token='.length);
    await door.manage('POST', '/v1/invitations/accept', { token }, DEVELOPER);
    const developers = await door.visit({});
    await developers.signIn(DEVELOPER, '/subscriptions');
    await developers.page
      .getByRole('heading', { name: /ubscriptions/ })
      .first()
      .waitFor();

    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/members`);
    await page.getByRole('button', { name: `Actions for ${DEVELOPER}` }).click();
    await page.getByRole('menuitem', { name: 'Sessions' }).click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByText(/Chrome on/)
      .first()
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-member-sessions');
    await dialog
      .getByRole('button', { name: /^End the session/ })
      .first()
      .click();
    await page.getByText('The session has ended').first().waitFor();
    await dialog.getByText('Not signed in').waitFor();

    await developers.page.reload();
    await developers.page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await developers.end();
    await visit.end();
  }, 120_000);

  test('takes an alert on, puts it off, and comes from it to where its key is stopped', async () => {
    const missing = () => door.call(door.server.demoKey('readerSandbox').secret, '/orders/sandbox/v1/x');
    const found = async () => (await door.manage('GET', `/v1/alerts?subject=${door.keyId}`)).body.items;
    for (let tries = 0; (await found()).length === 0; tries += 1) {
      expect(tries).toBeLessThan(60);
      await Promise.all(Array.from({ length: 40 }, missing));
      await sleep(500);
    }
    const visit = await door.visit();
    const { page } = visit;
    const open = async () => {
      await door.goTo(visit, `${TENANT}/alerts?subject=${door.keyId}`);
      await page
        .getByRole('button', { name: `Copy subject ID ${door.keyId}` })
        .first()
        .waitFor();
      await page.locator('tbody').getByRole('button').first().click();
      await page.getByRole('dialog').getByText('What to do').waitFor();
    };
    await open();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-alert-measures');
    await page.getByRole('button', { name: 'Assign to me' }).click();
    await page.getByText('Assigned to admin@keywright.test').waitFor();
    await open();
    await page.getByRole('button', { name: 'Give it back' }).waitFor();
    await page.getByRole('button', { name: 'Put off' }).click();
    await page.getByRole('menuitem', { name: 'For a day' }).click();
    await page
      .getByText(/^Put off until/)
      .first()
      .waitFor();
    const [alert] = await found();
    expect(alert.assignedTo).toBe('admin@keywright.test');
    expect(Date.parse(alert.snoozedUntil)).toBeGreaterThan(Date.now());
    await open();
    await page.getByRole('link', { name: 'Disable the key' }).click();
    await page.getByRole('dialog', { name: /^Disable / }).waitFor();
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  }, 120_000);

  test('reads what stands in the configuration and where to change it; usage by key leads to the key', async () => {
    const visit = await door.visit();
    await door.goTo(visit, `${TENANT}/settings`);
    await visit.page.getByText('block keywright of cdk.json').waitFor();
    await visit.page.getByText('By invitation only').waitFor();
    await visit.end();
    const auditors = await door.visit({});
    await auditors.signIn(AUDITOR, `${TENANT}/usage?by=key`);
    await auditors.page.getByRole('link', { name: door.keyId }).first().waitFor({ timeout: 60_000 });
    await auditors.end();
  });
});
