import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { accessibilityProblems } from './accessibility.ts';
import { TENANT } from './admins-door.ts';
import { LEFT } from './looks.ts';
import type { Visit } from './visit.ts';

/** What is around a story: `npm start`, or a deployment elsewhere. */
export interface Stage {
  /** Calls the demonstration's orders in the sandbox with a key's text; the status of the answer. */
  readonly call: (secret: string) => Promise<number>;
}

const SECRET = /sk_dev_\w{50,}/;

/**
 * An admin makes a key, which is shown once and is nowhere after; rotates it, ends the overlap, revokes it by its name, and
 * finds it all in the audit log. At each step the API takes what it should.
 */
export async function tellKeysStory(visit: Visit, { call }: Stage, name: string): Promise<void> {
  const first = await makeKey(visit, name);
  const keyId = new URL(visit.page.url()).pathname.split('/').at(-1) ?? '';
  expect(await call(first)).toBe(200);
  const second = await rotateKey(visit);
  expect([await call(first), await call(second)]).toEqual([200, 200]);
  await endOverlap(visit, name);
  while ((await call(first)) !== 401) await sleep(100);
  expect(await call(second)).toBe(200);
  await visit.page.getByRole('link', { name, exact: true }).first().click();
  await revokeKey(visit, name);
  while ((await call(second)) !== 401) await sleep(100);
  await visit.screenshot('admin-revoked');
  await findInAudit(visit, keyId, ['apiKey.created', 'apiKey.rotated', 'apiKey.revoked']);
}

/** Makes a key for the sandbox, and ends at its page. Returns its text. */
export async function makeKey(visit: Visit, name: string): Promise<string> {
  const { page } = visit;
  const answers: string[] = [];
  page.on('response', async (response) => {
    if (response.url().includes('/v1/')) answers.push(await response.text().catch(() => ''));
  });
  await askForKey(visit, TENANT, name, 'Sandbox');
  const secret = await shownSecret(visit);
  expect(await accessibilityProblems(page)).toEqual([]);
  await visit.screenshot('admin-reveal');
  await storeIt(visit);
  const heading = page.getByRole('heading', { name });
  await heading.waitFor();
  const left = async () => String(await page.evaluate(LEFT));
  expect(await left()).not.toContain(secret);
  await page.goBack();
  await visit.settle();
  expect(await left()).not.toContain(secret);
  await page.goForward();
  await heading.waitFor();
  expect(answers.filter((answer) => answer.includes(secret))).toHaveLength(1);
  return secret;
}

/** Fills the form of a new secret key in, for the role writer, and sends it. @param pages the tenant's address in the portal */
export async function askForKey(
  visit: Visit,
  pages: string,
  name: string,
  environment: 'Sandbox' | 'Live',
): Promise<void> {
  const { page } = visit;
  await visit.goTo(`${pages}/keys/new`);
  await page.getByLabel('Name').first().fill(name);
  await page.getByRole('radio', { name: /^Secret/ }).check({ force: true });
  await page.getByRole('radio', { name: new RegExp(`^${environment}`) }).check({ force: true });
  await page.getByRole('button', { name: /Role/ }).first().click();
  await page.getByRole('option', { name: /writer/ }).click();
  await page.getByRole('button', { name: 'Create key' }).click();
}

/** The text that a dialog shows, this once. */
export async function shownSecret({ page }: Visit): Promise<string> {
  const shown = page.locator('.secret');
  await shown.waitFor();
  const [secret = ''] = SECRET.exec((await shown.textContent()) ?? '') ?? [];
  expect(secret).not.toBe('');
  return secret;
}

/** Says that it is stored, and closes the dialog that shows it. */
export async function storeIt({ page }: Visit): Promise<void> {
  await page.getByLabel('I have stored the key').check({ force: true });
  await page.getByRole('button', { name: 'Close' }).last().click();
}

/** From a key's page to the view of its rotation. Returns the new text. */
export async function rotateKey(visit: Visit): Promise<string> {
  const { page } = visit;
  await page.getByRole('button', { name: 'Rotate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
  const secret = await shownSecret(visit);
  await storeIt(visit);
  await page.getByRole('heading', { name: 'Rotation' }).waitFor();
  await page.getByRole('heading', { name: 'Old secret', exact: true }).waitFor();
  expect(await page.evaluate(LEFT)).not.toContain(secret);
  return secret;
}

/** On the view of a rotation: ends it, by the key's name where the page asks for that. */
export async function endOverlap({ page }: Visit, name: string): Promise<void> {
  await page.getByRole('button', { name: 'End overlap' }).click();
  const dialog = page.getByRole('dialog');
  const end = dialog.getByRole('button', { name: 'End overlap' });
  const typed = dialog.getByRole('textbox');
  // Where it is known that somebody still sends the old secret, it asks for the key's name.
  while (await end.isDisabled()) if (await typed.isVisible()) await typed.fill(name);
  await end.click();
  await page.getByText(`The old secret of ${name} has ended`).waitFor();
}

async function revokeKey(visit: Visit, name: string): Promise<void> {
  const { page } = visit;
  await page.getByRole('heading', { name }).waitFor();
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Revoke' }).click();
  const dialog = page.getByRole('dialog');
  const revoke: Locator = dialog.getByRole('button', { name: 'Revoke' });
  expect(await revoke.isDisabled()).toBe(true);
  await dialog.getByRole('textbox').last().fill(name);
  expect(await accessibilityProblems(page)).toEqual([]);
  await visit.screenshot('admin-revoke');
  await revoke.click();
  await page.getByText(`${name} is revoked`).waitFor();
}

/** Follows the audit log until these are there, and has the browser verify its chain. */
async function findInAudit(visit: Visit, subject: string, types: readonly string[]): Promise<void> {
  const { page } = visit;
  await visit.goTo(`${TENANT}/audit?subject=${subject}`);
  await page.getByLabel('Follow').check({ force: true });
  for (const type of types)
    await page.getByRole('button', { name: `${type}, show the record` }).waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Verify' }).click();
  await page
    .getByText(/^Verified to #\d+/)
    .first()
    .waitFor();
}

/** A developer asks for a subscription to the sandbox's payments, and is told that it waits. */
export async function askForSubscription(visit: Visit, name: string): Promise<void> {
  const { page } = visit;
  await visit.goTo('/');
  await page.getByRole('button', { name: 'Sandbox' }).click();
  await page.waitForURL(/environment=sandbox/);
  const payments = page.getByRole('link', { name: 'payments', exact: true });
  while ((await payments.count()) !== 1) await sleep(50);
  await payments.click();
  await page.getByRole('button', { name: 'Subscribe' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Subscribe' }).last().click();
  await page.getByText('You have asked for it').waitFor();
}

/** An admin approves what waits by this name. */
export async function approveSubscription(visit: Visit, name: string): Promise<void> {
  await visit.goTo(`${TENANT}/queue`);
  await visit.page.getByRole('button', { name: `Approve ${name}` }).click();
  await visit.page.getByText(`${name} is approved`).waitFor();
}

/** The developer, on the page of a subscription that has become active, sees its primary key and the API's client key. */
export async function seeKeys({ page }: Visit): Promise<{ primaryKey: string; clientKey: string }> {
  await page.getByText('Active').first().waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Show keys' }).click();
  const textOf = async (form: RegExp) => {
    const shown = page.getByText(form).first();
    await shown.waitFor();
    return (await shown.textContent()) ?? '';
  };
  const keys = { primaryKey: await textOf(/^sub_dev_\w{50}$/), clientKey: await textOf(/^ck_dev_\w{40,}$/) };
  await page.getByRole('button', { name: 'Hide' }).click();
  const left = String(await page.evaluate(LEFT));
  for (const key of Object.values(keys)) expect(left).not.toContain(key);
  return keys;
}
