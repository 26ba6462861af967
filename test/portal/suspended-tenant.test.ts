import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { notesIn } from './support/developers-door.ts';
import { LOOKS } from './support/looks.ts';
import { invitationMailedTo } from './support/mail.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

const DEVELOPER = 'developer@keywright.test';
const ACME = '/v1/tenants/tenant_acme';
const NOTHING = { foreign: [], cspReports: [], errors: [] };
const SUSPENDED = /^The tenant .+ is suspended$/;

inBrowser('of a suspended tenant', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
    await door.manage('PATCH', ACME, { status: 'suspended' });
  }, 300_000);
  afterAll(() => door?.close());

  test('each page of the admins’ door says why no call comes in, and those of all tenants say nothing', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const pages = ['overview', 'keys', 'keys/:key', 'keys/new', 'queue', 'roles', 'usage', 'settings'];
    for (const path of pages) {
      await door.goTo(visit, `${TENANT}/${path}`);
      await page.getByText(SUSPENDED).waitFor();
      expect(await page.getByText(SUSPENDED).count()).toBe(1);
      expect(await accessibilityProblems(page)).toEqual([]);
    }
    await door.goTo(visit, '/admin/all/overview');
    expect(await page.getByText(SUSPENDED).count()).toBe(0);
    expect(visit.seen).toEqual(NOTHING);
    await visit.end();
  }, 120_000);

  test.each(LOOKS)(
    'it can be read by everybody: %s',
    async (look, options) => {
      const visit = await door.visit({ ...options, ...door.admin });
      for (const path of ['keys', 'keys/:key']) {
        await door.goTo(visit, `${TENANT}/${path}`);
        await visit.page.getByText(SUSPENDED).waitFor();
        await visit.page.getByRole('button', { name: 'Resume' }).waitFor();
        expect(await accessibilityProblems(visit.page)).toEqual([]);
        await visit.screenshot(`admin-suspended-${path.replace('/:', '-')}-${look}`);
      }
      await visit.end();
    },
    60_000,
  );

  test('who can resume it is told to whom can’t: its own admin, or whoever runs this and suspended it', async () => {
    const guests = '/v1/tenants/tenant_guests';
    await door.manage('POST', '/v1/tenants', { tenantId: 'tenant_guests', name: 'Guests' });
    await door.manage('POST', `${guests}/invitations`, { email: DEVELOPER, role: 'admin' });
    const [, token = ''] = (await invitationMailedTo(door.server, DEVELOPER)).split('#token=');
    await door.manage('POST', '/v1/invitations/accept', { token: decodeURIComponent(token) }, DEVELOPER);
    const sees = async (email: string) => {
      const visit = await door.visit({});
      await visit.signIn(email, '/admin/tenants/tenant_guests/keys');
      await visit.page.getByText(SUSPENDED).waitFor();
      await visit.settle();
      const text = (await visit.page.textContent('#root')) ?? '';
      const mayResume = (await visit.page.getByRole('button', { name: 'Resume' }).count()) > 0;
      await visit.end();
      return [mayResume, text.includes('An admin of the tenant can'), text.includes('Whoever runs this')];
    };
    expect((await door.manage('PATCH', guests, { status: 'suspended' }, DEVELOPER)).status).toBe(200);
    expect(await sees(DEVELOPER)).toEqual([true, false, false]);
    expect(await sees('auditor@keywright.test')).toEqual([false, true, false]);
    expect((await door.manage('PATCH', guests, { status: 'suspended' })).status).toBe(200);
    expect(await sees(DEVELOPER)).toEqual([false, false, true]);
    expect(await sees('auditor@keywright.test')).toEqual([false, false, true]);
    expect(await sees('admin@keywright.test')).toEqual([true, false, false]);
    await door.manage('PATCH', guests, { status: 'active' });
  }, 120_000);

  test('a developer finds it with the subscriptions and with each of them', async () => {
    const visit = await door.visit({});
    const { page } = visit;
    await visit.signIn(DEVELOPER);
    const { subscriptionId } = notesIn(door.server.dataDir).activeSandbox;
    for (const path of ['', `/${subscriptionId}`, `/${subscriptionId}/roll`]) {
      await visit.goTo(`/subscriptions${path}`);
      await page.getByText(SUSPENDED).waitFor();
      await page.getByText('Whoever runs this suspended it').waitFor();
      for (const colours of ['light', 'dark'] as const) {
        await visit.inColours(colours);
        expect(await accessibilityProblems(page)).toEqual([]);
      }
      await visit.screenshot(`developer-suspended-${path.split('/').length}`);
    }
    expect(visit.seen).toEqual(NOTHING);
    await visit.end();
  }, 60_000);

  test('it is resumed where it is told, and nothing is told any more', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/keys`);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await page.getByText(SUSPENDED).waitFor({ state: 'detached' });
    expect((await door.manage('GET', ACME)).body.status).toBe('active');
    expect(visit.seen).toEqual(NOTHING);
    await visit.end();
  }, 60_000);
});
