import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readMachine } from '../../local/identity/machine.ts';
import { credentialsOf } from '../local/identity-browser.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { Keyboard } from './support/keyboard.ts';
import { LEFT } from './support/looks.ts';
import { invitationMailedTo } from './support/mail.ts';
import type { Visit } from './support/visit.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const DEVELOPER = 'developer@keywright.test';

inBrowser('by keyboard alone', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
    await door.manage('POST', '/v1/tenants', { tenantId: 'tenant_guests', name: 'Guests' });
  }, 300_000);
  afterAll(() => door?.close());

  test('a key is made, copied and stored, and is nowhere once its dialog is closed', async () => {
    const visit = await door.visit({ ...door.admin, permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = visit;
    const keys = new Keyboard(page);
    await door.goTo(visit, `${TENANT}/keys`);
    await keys.enter('Create key');
    await page.getByRole('heading', { name: 'Create key' }).waitFor();
    await keys.focusIsOn(/^Name/);
    await keys.type('By keyboard');
    await keys.tabTo(/^Sandbox/);
    await keys.tabTo(/^Secret/);
    await keys.tabTo(/^Role|Choose a role/);
    await keys.press('Enter');
    await page.getByRole('option', { name: /writer/ }).waitFor();
    for (let i = 0; !(await activeOption(visit)).includes('writer'); i += 1) {
      expect(i).toBeLessThan(20);
      await keys.press('ArrowDown');
    }
    await keys.press('Enter');
    await keys.enter('Create key');
    await page.getByText('This is the only time').waitFor();
    const [secret = ''] = /sk_dev_\w{50,}/.exec((await page.locator('.secret').textContent()) ?? '') ?? [];
    expect(secret).not.toBe('');
    await keys.enter('Copy key');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret);
    // Nothing closes it before the key is stored.
    await keys.press('Escape');
    await page.getByText('This is the only time').waitFor();
    await keys.tabTo(/^I have stored the key/);
    await keys.press(' ');
    // The dialog keeps the focus: behind its last stop comes its first.
    await keys.tabTo('Copy key');
    await keys.tabTo('Close', 'Shift+Tab');
    await keys.press('Enter');
    await page.getByRole('heading', { name: 'By keyboard' }).waitFor();
    expect(await page.evaluate(LEFT)).not.toContain(secret);
    expect((await door.call(secret, '/orders/sandbox/v1/orders')).status).toBe(200);

    await keys.enter('Actions');
    await page.getByRole('menuitem', { name: 'Revoke' }).waitFor();
    await keys.press('Escape');
    await keys.focusIsOn('Actions');
    await keys.enter('Rotate');
    await page.getByRole('dialog').waitFor();
    await keys.press('Escape');
    await keys.focusIsOn('Rotate');
    expect(keys.unseen).toEqual([]);
    await visit.end();
  });

  /** The option that the arrow keys are at. */
  async function activeOption({ page }: Visit): Promise<string> {
    const highlighted = await page.evaluate(
      "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.textContent",
    );
    return String(highlighted ?? '');
  }

  test('somebody is invited, signs in, subscribes, is approved and calls', async () => {
    const admins = await door.visit();
    const admin = new Keyboard(admins.page);
    await door.goTo(admins, '/admin/tenants/tenant_guests/members');
    await admin.enter('Invite people');
    await admin.focusIsOn(/^E-mail addresses/);
    await admin.type(DEVELOPER);
    await admin.enter('Invite');
    await admins.page.getByRole('heading', { name: 'Invitations' }).first().waitFor();
    await admin.enter('Done');
    await admin.focusIsOn('Invite people');

    const visit = await door.visit({});
    const { page } = visit;
    const developer = new Keyboard(page);
    await page.goto(await invitationMailedTo(door.server, DEVELOPER));
    await signInFrom(visit, developer);
    await developer.enter('Accept');
    await page.getByText('You act for tenant_guests now, as developer').waitFor();
    const subscriptionId = await subscribe(visit, developer);

    await door.goTo(admins, '/admin/tenants/tenant_guests/queue');
    await admin.enter('Approve Till');
    await admins.page.getByText('Till is approved').waitFor();
    await toldOf('approved');

    await page.getByText('Active').first().waitFor({ timeout: 60_000 });
    await developer.enter('Show keys');
    await page
      .getByText(/^sub_dev_\w{50}$/)
      .first()
      .waitFor();
    await developer.enter('Hide');
    await callFromExplorer(visit, developer, subscriptionId);
    expect([...admin.unseen, ...developer.unseen]).toEqual([]);
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await admins.end();
    await visit.end();
  }, 300_000);

  async function signInFrom({ page }: Visit, keys: Keyboard): Promise<void> {
    const { password, code } = credentialsOf(door.server.dataDir, DEVELOPER);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await keys.enter('Sign in');
    await page.locator('#email').waitFor();
    await keys.tabTo('E-mail');
    await keys.type(DEVELOPER);
    await keys.tabTo('Password');
    await keys.type(password);
    await keys.press('Enter');
    await page.locator('#code').waitFor();
    await keys.tabTo(/^Six-digit code/);
    await keys.type(code());
    await keys.press('Enter');
    await page.getByRole('heading', { name: 'Invitation' }).waitFor();
  }

  /** From the catalogue to a subscription that waits. */
  async function subscribe({ page }: Visit, keys: Keyboard): Promise<string> {
    await keys.tabTo('All');
    await keys.press('ArrowRight');
    await keys.focusIsOn('Sandbox');
    await keys.press('Enter');
    await page.waitForURL(/environment=sandbox/);
    const product = page.getByRole('link', { name: 'payments', exact: true });
    while ((await product.count()) !== 1) await sleep(50);
    await keys.enter('payments');
    await page.getByRole('heading', { name: 'payments' }).first().waitFor();
    await keys.enter('Subscribe');
    await page.getByRole('dialog').waitFor();
    await keys.press('Escape');
    await keys.focusIsOn('Subscribe');
    await keys.press('Enter');
    await keys.tabTo(/^Tenant/, 'Shift+Tab');
    await keys.press('Enter');
    await page.getByRole('option', { name: /Guests/ }).waitFor();
    await keys.type('Guests');
    await keys.press('ArrowDown', 'Enter');
    await keys.tabTo('Name');
    await keys.type('Till');
    await keys.enter('Subscribe');
    await page.getByText('You have asked for it').waitFor();
    return new URL(page.url()).pathname.split('/').at(-1) ?? '';
  }

  /** Waits for the mail that tells the developer what was decided. */
  async function toldOf(what: string): Promise<void> {
    const box = `${door.server.managementUrl}/keywright-local/mail?to=${DEVELOPER}`;
    while (!(await (await fetch(box)).text()).includes(what)) await sleep(100);
  }

  async function callFromExplorer({ page }: Visit, keys: Keyboard, subscriptionId: string): Promise<void> {
    const { clientId, clientSecret } = readMachine(door.server.dataDir) ?? { clientId: '', clientSecret: '' };
    await keys.enter('Explorer');
    await page.getByRole('heading', { name: 'Explorer' }).waitFor();
    await page.goto(`/explorer?api=api_PaymentsSndb&subscription=${subscriptionId}`);
    await page.getByRole('button', { name: 'Use the primary key' }).waitFor();
    await keys.enter('Use the primary key');
    await page.getByText('Calls are made with the primary key').waitFor();
    await keys.enter('Get one by client credentials');
    await keys.tabTo('Client ID');
    await keys.type(clientId);
    await keys.tabTo(/^Client secret/);
    await keys.type(clientSecret);
    await keys.enter('Get a token');
    const token = page.locator('input[type=password]').nth(2);
    while ((await token.inputValue()) === '') await sleep(50);
    await keys.enter('Send');
    await page.getByText('requests left').first().waitFor();
    expect(await page.getByText('"keyType": "subscription"').count()).toBe(1);
    await keys.enter('Keywright');
    await page.getByRole('heading', { name: 'Catalogue' }).waitFor();
    expect(await page.evaluate(LEFT)).not.toContain(clientSecret);
  }
});
