import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { declaredDialogs } from './support/declared-dialogs.ts';
import { notesIn } from './support/developers-door.ts';
import { DialogRound } from './support/dialog-round.ts';
import { unknownIn } from './support/known-command.ts';
import { invitationMailedTo } from './support/mail.ts';
import type { Visit, VisitOptions } from './support/visit.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

const DEVELOPER = 'developer@keywright.test';
const KEYS = '/v1/tenants/tenant_acme/keys';
/** A tenant with four eyes, whose member the developer is. */
const GUESTS = '/v1/tenants/tenant_guests';
const SIGN_UP = {
  ...{ signUpId: 'signup_3kJ5hG7fD9sA', email: 'grace@example.com', company: 'Acme', use: 'Pay' },
  ...{ createdAt: '2026-11-22T12:00:00.000Z', requestedAt: '2026-11-22T12:00:00.000Z', state: 'pending' },
  ...{ decidedAt: null, decidedBy: null, reason: null, tenantId: null },
};

inBrowser('each dialog of both doors', () => {
  const declared = declaredDialogs();
  let door: AdminsDoor;
  let developer: VisitOptions;
  let alerted: string;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
    const visit = await door.visit({});
    await visit.signIn(DEVELOPER);
    developer = { storageState: await visit.page.context().storageState() };
    await visit.end();
    await prepare();
  }, 300_000);
  afterAll(() => door?.close());

  async function prepare(): Promise<void> {
    await door.manage('POST', '/v1/tenants', { tenantId: 'tenant_guests', name: 'Guests' });
    await door.manage('POST', `${GUESTS}/invitations`, { email: DEVELOPER, role: 'developer' });
    const [, token = ''] = (await invitationMailedTo(door.server, DEVELOPER)).split('#token=');
    await door.manage('POST', '/v1/invitations/accept', { token: decodeURIComponent(token) }, DEVELOPER);
    await door.manage('PATCH', GUESTS, { settings: { requireApproval: true } });
    await door.manage('PUT', '/v1/tenants/tenant_acme/roles/spare', { permissions: ['orders:read'] });
    alerted = await alertedKey();
  }

  /** A key of which so many calls were refused that somebody is to look at it. */
  async function alertedKey(): Promise<string> {
    const { secret, key } = await newKey('Alerted', 'publishable');
    for (let i = 0; i < 12; i += 1)
      await Promise.all(Array.from({ length: 10 }, () => door.call(secret, '/orders/sandbox/v1/orders')));
    const alerts = `/v1/alerts?subject=${key.keyId}`;
    while ((await door.manage('GET', alerts)).body.items.length === 0) await sleep(500);
    return key.keyId;
  }

  const newKey = async (name: string, type = 'secret') =>
    (await door.manage('POST', KEYS, { name, type, environment: 'sandbox', role: 'writer' })).body;
  const requestLiveKey = async (by: string): Promise<string> =>
    (
      await door.manage(
        'POST',
        `${GUESTS}/keys`,
        { name: 'Live', type: 'secret', environment: 'live', role: 'writer' },
        by,
      )
    ).body.approval.approvalId;

  test('can be read by everybody, gives the focus back, and leaves no secret', async () => {
    const seen = new Set<string>();
    const commands = new Map<string, string | undefined>();
    const problems: string[] = [];
    for (const [who, parts] of [
      [door.admin, [manyKeys, oneKey, tenant, settings, queue, watch, catalogue, attention]],
      [developer, [subscriptions, team]],
    ] as const) {
      const visit = await door.visit(who);
      const round = new DialogRound(visit, declared);
      for (const part of parts)
        await part(visit, round).catch((error) => round.problems.push(`${part.name}: ${error}`));
      for (const each of round.seen) seen.add(each);
      for (const [about, command] of round.commands) commands.set(about, command);
      problems.push(...round.problems);
      problems.push(...Object.values(visit.seen).flat());
      await visit.end();
    }
    expect(problems).toEqual([]);
    // Each that does something says how to do it elsewhere.
    const doing = [...seen].filter((name) => /^(?:BulkDialog Modal|\S+ (?:Reason)?Dialog):/.test(name));
    expect(doing.filter((name) => !commands.has(name))).toEqual([]);
    for (const [about, command] of commands)
      expect([about, await unknownIn(command ?? 'no command')]).toEqual([about, []]);
    const all = declared.flatMap(({ name, titles }) => titles.map((title) => `${name}: ${title}`));
    expect([...seen].sort()).toEqual([...new Set(all)].sort());
  }, 900_000);

  async function manyKeys(visit: Visit, round: DialogRound): Promise<void> {
    const { page } = visit;
    for (const one of ['A', 'B']) await newKey(`Bulk ${one}`);
    await door.goTo(visit, `${TENANT}/keys?q=Bulk`);
    const select = (one: string) =>
      page.getByRole('checkbox', { name: `Select Bulk ${one}` }).check({ force: true });
    await select('A');
    await round.openFrom('BulkDialog Modal', page.getByRole('button', { name: 'Chosen (1)' }), 'Disable');
    await round.close();
    await select('B');
    await round.openFrom('BulkDialog Modal', page.getByRole('button', { name: 'Chosen (2)' }), 'Revoke');
    await round.close();
    await round.open('Palette Modal', page.getByRole('button', { name: /^Search/ }).first());
    await round.close();
  }

  async function oneKey(visit: Visit, round: DialogRound): Promise<void> {
    const { page } = visit;
    const name = 'Dialogs';
    const actions = page.getByRole('button', { name: 'Actions' }).first();
    await door.goTo(visit, `${TENANT}/keys/new`);
    await page.getByLabel('Name').first().fill(name);
    await page.getByRole('button', { name: /Role/ }).first().click();
    await page.getByRole('option', { name: /writer/ }).click();
    await round.open('CreateKeyPage RevealDialog', page.getByRole('button', { name: 'Create key' }));
    await page.getByLabel('I have stored the key').press(' ');
    await round.press('Close');
    await page.getByRole('heading', { name }).waitFor();
    await round.isForgotten();

    await round.open('RotateDialog Dialog', page.getByRole('button', { name: 'Rotate' }));
    await round.close();
    await round.open('RotateDialog Dialog', page.getByRole('button', { name: 'Rotate' }));
    await round.press('Rotate');
    await round.comes('RotateDialog RevealDialog');
    await page.getByLabel('I have stored the key').press(' ');
    await round.press('Close');
    await page.getByRole('heading', { name: 'Rotation' }).waitFor();
    await round.isForgotten();
    await round.open('EndOverlapDialog Dialog', page.getByRole('button', { name: 'End overlap' }));
    await round.close();

    await page.getByRole('link', { name: 'Dialogs', exact: true }).click();
    await page.getByRole('heading', { name: 'Dialogs' }).waitFor();
    await round.openFrom('RevokeDialog Dialog', actions, 'Revoke');
    await round.close();
    await round.openFrom('DisableDialog Dialog', actions, 'Disable');
    await round.press('Disable');
    await round.comes('ReceiptDialog Modal');
    await round.close('Close');
    await round.openFrom('DisableDialog Dialog', actions, 'Enable');
    await round.close();
  }

  async function tenant(visit: Visit, round: DialogRound): Promise<void> {
    const { page } = visit;
    const button = (name: string) => page.getByRole('button', { name, exact: true }).first();
    await door.goTo(visit, `${TENANT}/roles`);
    await round.open('RoleDialog Dialog', button('Create role'));
    await round.close();
    await round.open('RoleDialog Dialog', button('Edit spare'));
    await round.close();
    await round.open('DeleteRoleDialog Dialog', button('Delete spare'));
    await round.close();

    await door.goTo(visit, '/admin/tenants/tenant_guests/members');
    const ofMember = button(`Actions for ${DEVELOPER}`);
    await round.openFrom('MemberSessions Modal', ofMember, 'Sessions');
    await round.close();
    await round.openFrom('ChangeRoleDialog Dialog', ofMember, 'Change role');
    await round.close();
    await round.openFrom('RemoveMemberDialog Dialog', ofMember, 'Remove');
    await round.close();
    await round.open('InviteDialog Dialog', button('Invite people'));
    await round.dialog.getByRole('textbox').first().fill('grace@example.com');
    await round.press('Invite');
    await round.comes('InvitationResults Modal');
    await round.close('Done');
  }

  /** What an operator does with a whole tenant. */
  async function settings(visit: Visit, round: DialogRound): Promise<void> {
    const { page } = visit;
    const path = '/v1/tenants/tenant_spare';
    const button = (name: string) => page.getByRole('button', { name, exact: true }).first();
    const suspended = page.getByText('The tenant Spare is suspended');
    await door.manage('POST', '/v1/tenants', { tenantId: 'tenant_spare', name: 'Spare' });
    await door.goTo(visit, '/admin/tenants/tenant_spare/settings');
    await round.open('SuspensionDialog Dialog', button('Suspend tenant'));
    await round.close();
    await round.open('SuspensionDialog Dialog', button('Suspend tenant'));
    await round.dialog.getByRole('textbox').fill('Spare');
    await round.press('Suspend');
    await suspended.waitFor();
    expect((await door.manage('GET', path)).body).toMatchObject({ status: 'suspended' });
    await visit.settle();
    await visit.screenshot('admin-settings-suspended');
    await round.open('SuspensionDialog Dialog', button('Resume'));
    await round.close();
    await round.open('SuspensionDialog Dialog', button('Resume'));
    await round.press('Resume');
    await suspended.waitFor({ state: 'detached' });
    expect((await door.manage('GET', path)).body).toMatchObject({ status: 'active' });

    // As if it had come by signing up.
    await page.route(`**${path}`, async (route) => {
      if (route.request().method() !== 'GET') return route.continue();
      const response = await route.fetch();
      return route.fulfill({ response, json: { ...(await response.json()), sandboxOnly: true } });
    });
    await door.goTo(visit, '/admin/tenants/tenant_spare/settings');
    await round.open('GoLiveDialog Dialog', button('Let it go live'));
    await round.close();
    await round.open('GoLiveDialog Dialog', button('Let it go live'));
    const answered = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    await page.unroute(`**${path}`);
    await round.press('Let it go live');
    expect((await answered).status()).toBe(200);
    await page.getByText('Spare can go live').waitFor();
    await button('Let it go live').waitFor({ state: 'detached' });
  }

  async function queue(visit: Visit, round: DialogRound): Promise<void> {
    const { page } = visit;
    await page.route('**/v1/sign-ups**', (route) =>
      route.fulfill({ json: { items: [SIGN_UP], nextCursor: null } }),
    );
    await door.goTo(visit, `${TENANT}/queue?state=any`);
    await round.open('Decide ReasonDialog', page.getByRole('button', { name: /^Reject / }).first());
    await round.close();
    await round.open('Decide ReasonDialog', page.getByRole('button', { name: /^Suspend / }).first());
    await round.close();
    await door.goTo(visit, `${TENANT}/queue?tab=sign-ups`);
    await round.open(
      'RejectDialog ReasonDialog',
      page.getByRole('button', { name: 'Reject grace@example.com' }),
    );
    await round.close();
    await round.open(
      'ApproveSignUpDialog Dialog',
      page.getByRole('button', { name: 'Approve grace@example.com' }),
    );
    await round.close();

    const own = await requestLiveKey('admin@keywright.test');
    const another = await requestLiveKey('second-admin@keywright.test');
    const pageOf = (id: string) => `/admin/tenants/tenant_guests/queue/${id}`;
    await door.goTo(visit, pageOf(another));
    await round.open('Decision ReasonDialog', page.getByRole('button', { name: 'Reject' }));
    await round.close();
    await door.goTo(visit, pageOf(own));
    await round.open('Decision ReasonDialog', page.getByRole('button', { name: 'Withdraw' }));
    await round.close();
    await door.manage('POST', `/v1/approvals/${own}/approve`, {}, 'second-admin@keywright.test');
    await round.open('Claim RevealDialog', page.getByRole('button', { name: 'Carry out and show' }));
    await page.getByLabel('I have stored the key').press(' ');
    await round.press('Close');
    await round.dialog.waitFor({ state: 'hidden' });
    await round.isForgotten();
  }

  async function watch(visit: Visit, round: DialogRound): Promise<void> {
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/audit`);
    await round.open('AuditRecord Modal', page.getByRole('button', { name: /, show the record$/ }).first());
    await round.close();
    await round.open('VerifyDialog Dialog', page.getByRole('button', { name: 'Verify' }));
    await round.close();
    await door.goTo(visit, `${TENANT}/alerts?subject=${alerted}`);
    const alert = page.getByRole('button', { name: 'Many client errors' }).first();
    await round.open('AlertDialog Dialog', alert);
    await round.close('Acknowledge');
    await round.open('AlertDialog Modal', alert);
    await round.close();
  }

  async function catalogue(visit: Visit, round: DialogRound): Promise<void> {
    const { page } = visit;
    await door.goTo(visit, '/admin/all/apis');
    await round.open('ApiDialog Dialog', page.getByRole('button', { name: 'Register API' }).first());
    await round.close();
    await door.goTo(visit, '/admin/all/apis/api_PaymentsSndb');
    await round.open('ReplaceDialog Dialog', page.getByRole('button', { name: 'Replace client key' }));
    await round.close();
    await round.open('ClientKey RevealDialog', page.getByRole('button', { name: 'Show client key' }));
    await round.close();
    await door.goTo(visit, '/admin/all/products');
    await round.open('ProductDialog Dialog', page.getByRole('button', { name: 'Create product' }).first());
    await round.close();
    await round.open('ProductDialog Dialog', page.getByRole('button', { name: 'payments' }).first());
    await round.close();
  }

  /** What stops somebody in the middle of something. */
  async function attention(visit: Visit, round: DialogRound): Promise<void> {
    const { page } = visit;
    await door.goTo(visit, '/admin/all/apis/api_PaymentsSndb');
    const show = page.getByRole('button', { name: 'Show client key' });
    for (const [status, code] of [
      [403, 'mfa_required'],
      [401, 'unauthorized'],
    ] as const) {
      const error = { code, message: 'No', type: 'authentication_error', requestId: 'r' };
      await page.route('**/client-key/reveal', (route) => route.fulfill({ status, json: { error } }));
      await round.open('AttentionDialog Modal', show);
      await round.close();
      await page.unroute('**/client-key/reveal');
    }
  }

  async function subscriptions(visit: Visit, round: DialogRound): Promise<void> {
    const { page } = visit;
    const button = (name: string) => page.getByRole('button', { name, exact: true }).first();
    await door.goTo(visit, '/?environment=sandbox');
    await page.getByRole('link', { name: 'payments', exact: true }).first().press('Enter');
    await round.open('SubscribeDialog Dialog', button('Subscribe'));
    await round.close();
    await round.open('SubscribeDialog Dialog', button('Subscribe'));
    await round.dialog.getByLabel('Name').fill('Dialogs');
    await round.press('Subscribe');
    await page.getByRole('heading', { name: 'Dialogs' }).waitFor();
    await round.openFrom('RenameDialog Dialog', button('Actions'), 'Rename');
    await round.close();
    await round.openFrom('WithdrawDialog ReasonDialog', button('Actions'), 'Withdraw');
    await round.close();

    await door.goTo(visit, `/subscriptions/${notesIn(door.server.dataDir).activeSandbox.subscriptionId}`);
    await round.openFrom('EndDialog Dialog', button('Actions'), 'End for good');
    await round.close();
    await round.open('RegenerateDialog Dialog', button('Regenerate the secondary key'));
    await round.press('Regenerate');
    await round.comes('RegenerateDialog RevealDialog');
    await round.close('Close');
  }

  async function team(visit: Visit, round: DialogRound): Promise<void> {
    await door.goTo(visit, '/team?tenant=tenant_guests');
    await round.open('LeaveDialog Dialog', visit.page.getByRole('button', { name: 'Leave this team' }));
    await round.close();
  }
});
