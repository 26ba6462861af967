import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { answerAll, STATES } from './support/states.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

inBrowser('a dialog', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  test('closes by Escape, wherever the focus has gone', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const answer = STATES.find(([state]) => state === 'a second factor')?.[1];
    if (answer === undefined) throw new Error('no such state');
    await answerAll(page, answer);
    await page.goto('/admin/nowhere');
    const dialog = page.getByRole('dialog');
    await visit.turnTo(`${TENANT}/roles`);
    await dialog.waitFor();
    await visit.turnTo('/admin/nowhere');
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached', timeout: 3_000 });
    expect(await dialog.count()).toBe(0);
    await visit.end();
  }, 60_000);
});
