import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { credentialsOf } from '../local/identity-browser.ts';
import { PROJECT } from '../support/local-server.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { firstContent, slowDown, tell, tellInteractions, watchInteractions } from './support/speed.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

/** What a person does, counted. */
class Hand {
  clicks = 0;
  fields = 0;

  async click(what: Locator): Promise<void> {
    this.clicks += 1;
    await what.click({ timeout: 60_000 });
  }

  async type(what: Locator, text: string): Promise<void> {
    this.fields += 1;
    await what.fill(text, { timeout: 60_000 });
  }
}

inBrowser('somebody who comes for the first time', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  async function fromTheAddressToAKey(page: Page, hand: Hand): Promise<void> {
    const { password, code } = credentialsOf(door.server.dataDir, 'second-admin@keywright.test');
    await page.goto('/admin');
    await hand.click(page.getByRole('link', { name: 'Sign in' }).first());
    await hand.type(page.locator('#email'), 'second-admin@keywright.test');
    await hand.type(page.locator('#password'), password);
    await hand.click(page.locator('button[value=password]'));
    await hand.type(page.locator('#code'), code(0));
    await hand.click(page.locator('button[value=code]'));
    await page.getByRole('button', { name: /^Account of/ }).waitFor({ timeout: 60_000 });
    if (page.url().includes('/admin/all')) {
      await hand.click(page.getByRole('button', { name: /^Tenant/ }));
      await hand.click(page.getByRole('option', { name: /^Acme/ }));
    }
    await hand.click(page.getByRole('link', { name: 'Keys', exact: true }).first());
    await hand.click(page.getByRole('link', { name: 'Create key' }).first());
    await hand.type(page.getByLabel('Name').first(), 'My first');
    await hand.click(page.getByRole('button', { name: /Role/ }).first());
    await hand.click(page.getByRole('option', { name: /writer/ }));
    await hand.click(page.getByRole('button', { name: 'Create key' }));
    await hand.click(page.getByRole('button', { name: 'Copy key' }));
    await hand.click(page.getByText('I have stored the key'));
    await hand.click(page.getByRole('button', { name: 'Close' }).last());
    await page.getByRole('heading', { name: 'My first' }).waitFor();
  }

  test('gets from the address to a created key by as many clicks and fields as the page says', async () => {
    const visit = await door.visit({});
    const hand = new Hand();
    const begin = Date.now();
    await fromTheAddressToAKey(visit.page, hand);
    tell(`From the address to a key: ${hand.clicks} clicks, ${hand.fields} fields, ${Date.now() - begin} ms`);
    const page = readFileSync(join(PROJECT, 'docs/use/admin-portal.md'), 'utf8');
    expect(page).toContain(`${hand.clicks} clicks and ${hand.fields} fields`);
    await visit.end();
  }, 200_000);

  test('is told how soon something is to be seen, and how soon a page answers', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await watchInteractions(page);
    await door.goTo(visit, `${TENANT}/keys`);
    for (let i = 0; i < 5; i += 1) {
      await page.getByRole('button', { name: 'Rows and columns' }).click();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByLabel('Where to go').pressSequentially('order');
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    }
    await tellInteractions(page, 'with the keys page');
    await slowDown(page);
    await door.goTo(visit, `${TENANT}/keys`);
    const first = await firstContent(page);
    tell(`First content of the keys page as on a phone on the road: ${first} ms; budget 1500`);
    expect(first).toBeGreaterThan(0);
    await visit.end();
  }, 200_000);
});
