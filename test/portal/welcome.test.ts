import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityProblems } from './support/accessibility.ts';
import { findBrowser } from './support/chromium.ts';
import { DevelopersDoor } from './support/developers-door.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const SIGN_UP = {
  ...{ signUpId: 'signup_3kJ5hG7fD9sA', email: 'grace@example.com', company: 'Acme', use: 'Pay' },
  ...{ createdAt: '2026-11-22T12:00:00.000Z', requestedAt: '2026-11-22T12:00:00.000Z' },
  ...{ decidedAt: null, decidedBy: null, reason: null, tenantId: null },
};

inBrowser('whoever has signed in and acts for no tenant', () => {
  let door: DevelopersDoor;
  beforeAll(async () => {
    door = await DevelopersDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  /** The API's own answer, of somebody whom no tenant knows. */
  async function ofNoTenant(page: Page, signUp: string): Promise<{ tenants: object[] }> {
    const person: { tenants: object[] } = { tenants: [] };
    await page.route('**/v1/me', async (route) => {
      const answer = await route.fetch();
      const me = await answer.json();
      await route.fulfill({ json: { ...me, role: null, ...person, features: { ...me.features, signUp } } });
    });
    return person;
  }

  test('sees /welcome and nothing else, wherever the address leads', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await ofNoTenant(page, 'off');
    for (const path of ['/', '/subscriptions', '/admin/tenants/tenant_acme/keys', '/profile/sessions']) {
      await page.goto(door.addressOf(path));
      await page.getByText('ask whoever told you of this page').waitFor();
      expect(new URL(page.url()).pathname).toBe('/welcome');
      expect(await page.getByRole('link', { name: 'Subscriptions' }).count()).toBe(0);
    }
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('welcome');
    await page.goto(door.addressOf('/invitations'));
    await page.getByRole('heading', { name: 'Invitation' }).waitFor();
    expect(visit.seen.cspReports).toEqual([]);
    await visit.end();
  });

  test('starts with a tenant of one’s own, for the sandbox alone', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const person = await ofNoTenant(page, 'open');
    const asked: unknown[] = [];
    const own = { tenantId: 'tenant_acme', name: 'Grace', role: 'developer', sandboxOnly: true };
    await page.route('**/v1/sign-ups**', async (route) => {
      const isAsking = route.request().method() === 'POST';
      if (isAsking) {
        asked.push(route.request().postDataJSON());
        person.tenants = [own];
      }
      const signUp = { ...SIGN_UP, state: 'approved', tenantId: own.tenantId };
      await route.fulfill(
        isAsking ? { status: 201, json: signUp } : { json: { items: [], nextCursor: null } },
      );
    });
    await page.goto(door.addressOf('/'));
    const start = page.getByRole('button', { name: 'Start in the sandbox' });
    await start.waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('welcome-open');
    await page.setViewportSize({ width: 390, height: 800 });
    await visit.screenshot('welcome-open-phone');
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByLabel('What your tenant is called').fill('Grace');
    await start.click();
    await page.getByRole('heading', { name: 'Catalogue' }).waitFor();
    expect(asked).toEqual([{ company: 'Grace' }]);
    const live = await page.evaluate(async () => {
      const answer = await fetch('/v1/products');
      const { items } = (await answer.json()) as { items: { productId: string; environment: string }[] };
      return items.find((each) => each.environment === 'live')?.productId;
    });
    await page.goto(door.addressOf(`/products/${live}?subscribe=1`));
    await page.getByText('This product is live, and your tenant is for the sandbox').waitFor();
    expect(await page.getByRole('dialog').getByRole('button', { name: 'Subscribe' }).isDisabled()).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);
    await visit.screenshot('subscribe-sandbox-only');
    const { cspReports, errors } = visit.seen;
    expect({ cspReports, errors }).toEqual({ cspReports: [], errors: [] });
    await visit.end();
  });

  test('asks to be let in, waits, is rejected with a reason, asks again, and comes in', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const person = await ofNoTenant(page, 'request');
    let signUps: object[] = [];
    const asked: unknown[] = [];
    await page.route('**/v1/sign-ups**', async (route) => {
      const isAsking = route.request().method() === 'POST';
      if (isAsking) {
        asked.push(route.request().postDataJSON());
        signUps = [{ ...SIGN_UP, state: 'pending' }];
      }
      const [newest] = signUps;
      await route.fulfill(
        isAsking ? { status: 201, json: newest } : { json: { items: signUps, nextCursor: null } },
      );
    });
    const ask = async (isAgain = false) => {
      const [company, use] = [page.getByLabel('Company'), page.getByLabel('What for')];
      if (isAgain) {
        // What was said before is not typed again.
        expect([await company.inputValue(), await use.inputValue()]).toEqual(['Acme', 'Pay']);
      } else await company.fill('Acme');
      await use.fill('The checkout');
      const isRead = (path: string) =>
        page.waitForResponse((one) => one.request().method() === 'GET' && one.url().includes(path));
      const readAnew = Promise.all([isRead('/v1/sign-ups'), isRead('/v1/me')]);
      await page.getByRole('button', { name: 'Ask to be let in' }).click();
      await page.getByText('Your request waits for an admin').waitFor();
      await readAnew;
    };
    await page.goto(door.addressOf('/'));
    await ask();
    signUps = [{ ...SIGN_UP, state: 'rejected', reason: 'Which company is that?' }];
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByText('Which company is that?').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await ask(true);
    expect(asked).toEqual([
      { company: 'Acme', use: 'The checkout' },
      { company: 'Acme', use: 'The checkout' },
    ]);
    person.tenants = [{ tenantId: 'tenant_acme', name: 'Acme', role: 'developer' }];
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.waitForURL(door.addressOf('/'));
    await page.getByRole('heading', { name: 'Catalogue' }).waitFor();
    const { cspReports, errors } = visit.seen;
    expect({ cspReports, errors }).toEqual({ cspReports: [], errors: [] });
    await visit.end();
  });
});
