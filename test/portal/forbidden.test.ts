import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { invitationMailedTo } from './support/mail.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const [AUDITOR, DEVELOPER] = ['auditor@keywright.test', 'developer@keywright.test'];
const REFUSAL = `${TENANT}/explain?of=5f8f1b5e-54a3-4a7c-9f57-0d1b7a3f7c11`;
const SECOND = 'second-admin@keywright.test';

inBrowser('a page that one’s role does not allow', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  test('says which role would do, and who the tenant’s admins are', async () => {
    const visit = await door.visit({});
    const { page } = visit;
    await visit.signIn(AUDITOR, REFUSAL);
    await page.getByText('Your role does not allow this').waitFor();
    await page.getByText(/for the roles admin.*; yours is auditor\./).waitFor();
    // Nobody of the tenant's members is one so far.
    await page.getByText('Whoever runs this portal can do it').waitFor();

    await becomeAdmin(SECOND);
    await door.goTo(visit, REFUSAL);
    await page.getByText(`Admins of tenant_acme: ${SECOND}`).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-forbidden');

    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  test('names nobody of a tenant that is not one’s own', async () => {
    await door.manage('POST', '/v1/tenants', { tenantId: 'tenant_others', name: 'Others' });
    await becomeAdmin(AUDITOR, 'tenant_others');
    const visit = await door.visit({});
    await visit.signIn(DEVELOPER, '/team?tenant=tenant_others');
    await visit.page.getByRole('heading', { name: 'Not found' }).waitFor();
    await door.goTo(visit, '/admin/tenants/tenant_others/members');
    expect(await visit.page.locator('main').first().textContent()).not.toMatch(/auditor@|Others/);
    await visit.end();
  });

  async function becomeAdmin(email: string, tenantId = 'tenant_acme'): Promise<void> {
    const invitation = { email, role: 'admin' };
    const invited = await door.manage('POST', `/v1/tenants/${tenantId}/invitations`, invitation);
    expect(invited.status).toBe(201);
    const token = new URL(await invitationMailedTo(door.server, email)).hash.slice('#token='.length);
    const accepted = await door.manage('POST', '/v1/invitations/accept', { token }, email);
    expect(accepted.status).toBe(200);
  }
});
