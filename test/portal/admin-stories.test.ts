import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { LOOKS } from './support/looks.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

const KEYS = '/v1/tenants/tenant_acme/keys';
const HOSTILE = '<img src=x onerror=alert(1)>"\'';

inBrowser('what an admin does with keys that are there', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  async function newKey(name: string): Promise<{ keyId: string; secret: string }> {
    const body = { name, type: 'secret', environment: 'sandbox', role: 'writer' };
    const made = await door.manage('POST', KEYS, body);
    expect(made.status).toBe(201);
    return { keyId: made.body.key.keyId, secret: made.body.secret };
  }
  const ORDERS = '/orders/sandbox/v1/orders';

  test('a refusal is explained by its request’s id, and the button that mends it leads to where it is mended', async () => {
    const { keyId, secret } = await newKey('Behind a network');
    await door.manage('PATCH', `${KEYS}/${keyId}`, { allowedCidrs: ['203.0.113.0/24'] });
    let refused = await door.call(secret, ORDERS);
    while (refused.status !== 403) refused = await door.call(secret, ORDERS);
    const requestId = refused.headers.get('x-amzn-requestid') ?? '';
    while ((await door.manage('GET', `/v1/explain/${requestId}`)).status !== 200) await sleep(500);
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/explain`);
    // A whole key that is pasted goes nowhere.
    await page.getByRole('textbox').fill(secret);
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.waitForURL((url) => url.searchParams.get('of') === keyId);
    expect(await page.getByRole('textbox').inputValue()).toBe(keyId);
    await page.getByRole('textbox').fill(requestId);
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('Network allowed: failed').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-explained');
    await page.getByRole('link', { name: 'Allow 127.0.0.0/24' }).click();
    await page.getByRole('heading', { name: 'Edit Behind a network' }).waitFor();
    await page.getByText('203.0.113.0/24, 127.0.0.0/24').waitFor();
    await visit.screenshot('admin-edit-key-changed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Behind a network is saved').waitFor();
    while ((await door.call(secret, ORDERS)).status !== 200) await sleep(100);
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  test('an edit says which calls it would refuse, before it is saved; of two admins neither overwrites the other unseen', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/keys/:key/edit`);
    await page.getByLabel('Networks').fill('203.0.113.0/24');
    await page.getByText(/of the last seven days would be refused/).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-dry-run');
    await page.getByLabel('Networks').fill('');
    await page.getByLabel('Name').first().fill(HOSTILE);
    await door.manage('PATCH', `${KEYS}/${door.keyId}`, { metadata: { team: HOSTILE } });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody has changed it meanwhile').waitFor();
    await page.getByText(`team: ${HOSTILE}`).waitFor();
    await page.getByRole('button', { name: 'Use mine' }).click();
    await page.getByRole('heading', { name: HOSTILE }).waitFor();
    const { body } = await door.manage('GET', `${KEYS}/${door.keyId}`);
    // What was not edited is as somebody else has made it.
    expect(body).toMatchObject({ name: HOSTILE, metadata: { team: HOSTILE }, allowedCidrs: [] });
    await door.manage('PATCH', `${KEYS}/${door.keyId}`, { name: 'Order report' });
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  test('several keys are stopped at once, each with what came of it', async () => {
    const some = [await newKey('Bulk 1'), await newKey('Bulk 2')];
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/keys`);
    for (const name of ['Bulk 1', 'Bulk 2'])
      await page.getByRole('checkbox', { name: `Select ${name}` }).check({ force: true });
    await page.getByRole('button', { name: 'Chosen (2)' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Revoke' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').last().fill('2 keys');
    await visit.screenshot('admin-bulk');
    // Somebody else is faster with one of them.
    await door.manage('POST', `${KEYS}/${some[1]?.keyId}/revoke`, {});
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('1 revoked, 1 left as it is').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-bulk-done');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  test('the browser checks the audit log itself, and names what does not fit', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const verify = async () => {
      await door.goTo(visit, `${TENANT}/audit`);
      await page.getByRole('button', { name: 'Verify' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Verify' }).click();
    };
    await verify();
    await page
      .getByText(/^Verified to #\d+/)
      .first()
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-audit-verified');
    // Who answers with another history is found out, also by the head that this browser came to before.
    await page.route(/\/v1\/audit\/chain/, async (route) => {
      const { items, ...rest } = await (await route.fetch()).json();
      items[2].record.event.data = { made: 'up' };
      await route.fulfill({ json: { ...rest, items: items.slice(0, 5), next: null } });
    });
    await verify();
    await page
      .getByText(/record 3 \(.*\) was changed/)
      .first()
      .waitFor();
    await page
      .getByText(/were cut off/)
      .first()
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-audit-tampered');
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  test('after a key was revoked a receipt shows the last call that was let in and the first that was not', async () => {
    const { keyId, secret } = await newKey('Receipt');
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/keys/${keyId}`);
    expect((await door.call(secret, ORDERS)).status).toBe(200);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('textbox').last().fill('Receipt');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Receipt for Receipt').waitFor();
    await page
      .getByText(/No call seen since/)
      .first()
      .waitFor();
    while ((await door.call(secret, ORDERS)).status !== 401) await sleep(100);
    await page
      .getByText(/0 admitted after/)
      .first()
      .waitFor({ timeout: 60_000 });
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('admin-receipt');
    const { body } = await door.manage('GET', `${KEYS}/${keyId}/receipt`);
    expect(body.lastAdmitted.at < body.firstRefusedAt).toBe(true);
    expect(Date.parse(body.firstRefusedAt) - Date.parse(body.endedAt)).toBeLessThan(60_000);
    await visit.end();
  });

  test.each(LOOKS)(
    'the side navigation is there on a wide window and not on a phone: %s',
    async (look, options) => {
      const visit = await door.visit({ ...options, ...door.admin });
      for (let i = 0; i < 3; i += 1) {
        await door.goTo(visit, `${TENANT}/keys`);
        const isOpen = await visit.page.getByRole('link', { name: 'Audit log' }).isVisible();
        expect(isOpen).toBe(!look.includes('phone'));
      }
      await visit.end();
    },
  );
});
