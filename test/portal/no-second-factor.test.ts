import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { freePorts } from '../../emulator/listen.ts';
import { readPasswords, readPeople, seedPeople } from '../../local/identity/people.ts';
import { authenticatorOf } from '../../local/identity/sign-in.ts';
import { callersOf } from '../support/deployment.ts';
import { LocalServer } from '../support/local-server.ts';
import { TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { notesIn } from './support/developers-door.ts';
import { Visit } from './support/visit.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const WHO = 'second-admin@keywright.test';
const CODE_SECONDS = 30;

/** A form that changes something, as a person comes to it. */
interface Form {
  readonly at: string;
  /** Opens it, and fills in what it takes beside the field that is looked at. */
  readonly open: (page: Page) => Promise<unknown>;
  /** What is typed is to be there still; absent where nothing is typed. */
  readonly typed?: readonly [field: (page: Page) => Locator, text: string];
  readonly also?: (page: Page) => Promise<unknown>;
  readonly button: string;
  /** Absent for a dialog of the page. */
  readonly isPage?: true;
}

inBrowser('a session without a second factor', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'keywright-no-factor-'));
  let server: LocalServer;
  let visit: Visit;
  /** What the person's app was set up with. */
  let secret = '';
  let codeUsed = 0;
  beforeAll(async () => {
    await withoutAuthenticator();
    server = await LocalServer.ready(dataDir, await freePorts());
    if (browser === undefined) throw new Error('there is no browser');
    visit = await Visit.begin(browser, server);
    await visit.page.goto(`/auth/login?${new URLSearchParams({ returnTo: '/admin' })}`);
    await identify();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server.end('SIGKILL');
    rmSync(dataDir, { recursive: true });
  });

  /** As with Cognito, who sets up a code while signing in has signed in by the password alone. */
  async function withoutAuthenticator(): Promise<void> {
    await seedPeople(dataDir);
    const path = join(dataDir, 'identity', 'people.json');
    const file = JSON.parse(readFileSync(path, 'utf8'));
    for (const person of file.people) if (person.email === WHO) person.totpSecret = null;
    writeFileSync(path, JSON.stringify(file));
  }

  async function identify(): Promise<void> {
    const { page } = visit;
    await page.fill('#email', WHO);
    await page.fill('#password', readPasswords(dataDir)[WHO] ?? '');
    await page.click('button[value=password]');
    await page.locator('#code').waitFor();
    if ((await page.locator('#secret').count()) > 0) secret = (await page.textContent('#secret')) ?? '';
    const person = readPeople(dataDir)?.find(({ email }) => email === WHO);
    if (person === undefined) throw new Error(`${WHO} is not seeded`);
    const period = () => Math.floor(Date.now() / 1000 / CODE_SECONDS);
    // Each code is good once; that of the next half minute is taken too.
    const next = Math.max(period(), codeUsed + 1);
    while (next > period() + 1) await page.waitForTimeout(100);
    codeUsed = next;
    const timestamp = next * CODE_SECONDS * 1000;
    await page.fill('#code', authenticatorOf(person, secret).generate({ timestamp }));
    await page.click('button[value=code]');
    await page.locator('#root h1:visible').first().waitFor({ timeout: 60_000 });
    await visit.settle();
  }

  const manage = (method: string, path: string, body?: object) =>
    callersOf({
      managementUrl: server.managementUrl,
      stageUrl: () => '',
      tokenOf: (email) => server.token(email),
    }).manage(method, path, body);
  const button = (page: Page, name: string | RegExp) =>
    page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name }).first();
  const inDialog = (page: Page) => page.getByRole('dialog');
  const action = (name: string) => async (page: Page) => {
    await button(page, 'Actions').click();
    await page.getByRole('menuitem', { name, exact: true }).click();
  };
  const label = (name: string) => (page: Page) => page.getByLabel(name).first();
  const text = (page: Page) => inDialog(page).getByRole('textbox').first();

  function forms(): readonly Form[] {
    const { keyId } = server.demoKey('readerSandbox');
    const key = `${TENANT}/keys/${keyId}`;
    const { subscriptionId } = notesIn(dataDir).activeSandbox;
    return [
      {
        at: `${TENANT}/keys/new`,
        open: async (page) => {
          await button(page, /Role/).click();
          await page.getByRole('option', { name: /writer/ }).click();
        },
        typed: [label('Name'), 'Typed key'],
        isPage: true,
        button: 'Create key',
      },
      {
        at: `${key}/edit`,
        open: async () => undefined,
        typed: [label('Name'), 'Typed name'],
        isPage: true,
        button: 'Save',
      },
      { at: key, open: (page) => button(page, 'Rotate').click(), button: 'Rotate' },
      { at: key, open: action('Disable'), typed: [text, 'Typed reason'], button: 'Disable' },
      {
        at: key,
        open: action('Revoke'),
        typed: [(page) => inDialog(page).getByLabel(/^Reason/), 'Typed reason'],
        also: async (page) => {
          const name = (await manage('GET', `/tenants/tenant_acme/keys/${keyId}`)).json<{ name: string }>()
            .name;
          await inDialog(page).getByRole('textbox').last().fill(name);
        },
        button: 'Revoke',
      },
      {
        at: `${TENANT}/roles`,
        open: (page) => button(page, 'Create role').click(),
        typed: [text, 'typed_role'],
        also: (page) => inDialog(page).getByRole('checkbox').first().check({ force: true }),
        button: 'Create role',
      },
      {
        at: `${TENANT}/members`,
        open: (page) => button(page, 'Invite people').click(),
        typed: [text, 'typed@example.com'],
        button: 'Invite',
      },
      {
        at: `${TENANT}/settings`,
        open: async () => undefined,
        typed: [label('Name'), 'Typed tenant'],
        isPage: true,
        button: 'Save',
      },
      {
        at: '/admin/all/apis',
        open: (page) => button(page, 'Register API').click(),
        typed: [text, 'Typed API'],
        button: 'Register',
      },
      {
        at: '/admin/all/products',
        open: (page) => button(page, 'payments').click(),
        typed: [text, 'Typed product'],
        button: 'Save',
      },
      {
        at: `/subscriptions/${subscriptionId}`,
        open: action('Rename'),
        typed: [text, 'Typed subscription'],
        button: 'Rename',
      },
      {
        at: `/subscriptions/${subscriptionId}`,
        open: (page) => button(page, 'Regenerate the secondary key').click(),
        button: 'Regenerate',
      },
    ];
  }

  test('is led to a second factor by each button that changes something, and back into the form as it was left', async () => {
    const { page } = visit;
    const confirm = page.getByRole('dialog', { name: 'Confirm it’s you' });
    const sent: string[] = [];
    page.on('response', (response) => {
      const method = response.request().method();
      if (method !== 'GET' && response.url().includes('/v1/')) sent.push(`${method} ${response.status()}`);
    });
    for (const form of forms()) {
      const what = `${form.button} at ${form.at}`;
      const [field, value] = form.typed ?? [];
      await visit.goTo(form.at);
      await form.open(page);
      if (value !== undefined) await field?.(page).fill(value);
      await form.also?.(page);
      await page.getByRole('button', { name: form.button, exact: true }).last().click();
      await confirm.waitFor().catch((error) => {
        throw new Error(`${what}: ${error}`);
      });
      const left = new URL(page.url());
      expect([what, left.pathname]).toEqual([what, form.at]);
      const link = confirm.getByRole('link', { name: 'Continue' });
      const returnTo = `${left.pathname}${left.search}`;
      expect([what, await link.getAttribute('href')]).toEqual([
        what,
        `/auth/step-up?${new URLSearchParams({ returnTo })}`,
      ]);
      await link.click();
      await page.locator('#password').waitFor();
      // The sign-in leads back to the page, where the form is open as it was left.
      await visit.goTo(returnTo);
      await page.getByRole('button', { name: form.button, exact: true }).last().waitFor();
      if (form.isPage !== true) await inDialog(page).waitFor();
      if (field !== undefined) expect([what, await field(page).inputValue()]).toEqual([what, value]);
      if (field !== undefined) continue;
      // It is open once: what makes a secret is not offered anew by a reload, as if it had not been done.
      await page.reload();
      await visit.settle();
      expect([what, await inDialog(page).count()]).toEqual([what, 0]);
    }
    expect(new Set(sent.map((each) => each.split(' ')[1]))).toEqual(new Set(['403']));
  }, 300_000);

  test('comes back from there to the form as it was, which is taken then', async () => {
    const { page } = visit;
    await visit.goTo(`${TENANT}/keys/new`);
    await page.getByLabel('Name').first().fill('Kept');
    await page.getByRole('radio', { name: /^Secret/ }).check({ force: true });
    await button(page, /Role/).click();
    await page.getByRole('option', { name: /writer/ }).click();
    await button(page, 'Create key').click();
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.locator('#password').waitFor();
    await identify();
    expect(new URL(page.url()).pathname).toBe(`${TENANT}/keys/new`);
    expect(await page.getByLabel('Name').first().inputValue()).toBe('Kept');
    await button(page, 'Create key').click();
    await page.getByText('I have stored the key').waitFor();
    await visit.screenshot('admin-after-second-factor');
    const { cspReports, errors, foreign } = visit.seen;
    expect({ cspReports, errors, foreign }).toEqual({ cspReports: [], errors: [], foreign: [] });
    await page.getByLabel('I have stored the key').check({ force: true });
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('heading', { name: 'Kept' }).waitFor();
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('Kept');
  }, 300_000);

  test('leaves nothing of what was typed to who signs in after it in the same tab', async () => {
    const { page } = visit;
    const createRole = async () => {
      await visit.goTo(`${TENANT}/roles`);
      await button(page, 'Create role').click();
      return text(page);
    };
    await (await createRole()).fill('typed_role');
    await page.context().clearCookies();
    await visit.signIn('admin@keywright.test', `${TENANT}/roles`);
    expect(await (await createRole()).inputValue()).toBe('');
  }, 120_000);
});
