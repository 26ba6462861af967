import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../emulator/listen.ts';
import { LocalServer, PROJECT } from '../support/local-server.ts';
import { accessibilityProblems } from './support/accessibility.ts';
import { findBrowser } from './support/chromium.ts';
import { invitationMailedTo } from './support/mail.ts';
import { Visit } from './support/visit.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const LONGEST_MILLISECONDS = 300_000;
const [ADMIN, NEWCOMER] = ['admin@keywright.test', 'newcomer@keywright.test'];
const PARTS = ['bin', 'client', 'core', 'functions', 'guard', 'lib', 'emulator', 'local', 'portal'];
const FILES = ['NOTICE', 'package-lock.json', 'package.json', 'tsconfig.json'];

inBrowser('a newcomer, by the way that the deployment has for one', () => {
  let folder: string;
  let port: number;
  let server: LocalServer | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keywright-sign-up-'));
    for (const part of [...PARTS, ...FILES])
      cpSync(join(PROJECT, part), join(folder, 'project', part), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'project', 'node_modules'));
    port = await freePorts();
  }, LONGEST_MILLISECONDS);
  afterEach(async () => {
    await server?.end('SIGTERM');
    server = undefined;
    anotherNewcomer();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Another person by the same name: each has one sign-up. */
  function anotherNewcomer(): void {
    const path = join(folder, 'data', 'identity', 'people.json');
    const { people } = JSON.parse(readFileSync(path, 'utf8')) as { people: { email: string; sub: string }[] };
    for (const person of people) if (person.email === NEWCOMER) person.sub = randomUUID();
    writeFileSync(path, JSON.stringify({ people }));
  }

  /** `npm start` with this in cdk.json, and the newcomer signed in. */
  async function arrive(signUp: unknown): Promise<Visit> {
    const cdk = { context: { keywright: { portal: { signUp } } } };
    writeFileSync(join(folder, 'project', 'cdk.json'), JSON.stringify(cdk));
    server = new LocalServer(join(folder, 'data'), port, {}, join(folder, 'project'));
    await server.ready();
    return visitOf(NEWCOMER);
  }

  async function visitOf(email: string, path?: string): Promise<Visit> {
    if (browser === undefined || server === undefined) throw new Error('nothing runs');
    const visit = await Visit.begin(browser, server);
    await visit.signIn(email, path);
    return visit;
  }

  async function asAdmin(at: LocalServer, path: string, body: object): Promise<void> {
    const headers = {
      authorization: `Bearer ${await at.token(ADMIN)}`,
      'content-type': 'application/json',
    };
    const made = await fetch(at.managementUrl + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect([made.status, await made.text()]).toEqual([201, expect.any(String)]);
  }

  async function isIn({ page, seen }: Visit): Promise<void> {
    await page.getByRole('heading', { name: 'Catalogue' }).waitFor();
    await page.getByRole('link', { name: 'Subscriptions' }).waitFor();
    const { cspReports, errors } = seen;
    expect({ cspReports, errors }).toEqual({ cspReports: [], errors: [] });
  }

  test(
    'joins the tenant of the address’s domain with one click',
    async () => {
      const visit = await arrive({ mode: 'domains', domains: { 'keywright.test': 'tenant_acme' } });
      await visit.page.getByRole('button', { name: 'Join my organisation' }).click();
      await isIn(visit);
      await visit.end();
    },
    LONGEST_MILLISECONDS,
  );

  test(
    'asks, is found and approved by an admin on the page of what waits, looks again, and is in',
    async () => {
      const visit = await arrive('request');
      const { page } = visit;
      await page.getByLabel('Company').fill('Newcomers');
      await page.getByLabel('What for').fill('To try it');
      await page.getByRole('button', { name: 'Ask to be let in' }).click();
      await page.getByText('Your request waits for an admin').waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);

      const admin = await visitOf(ADMIN, '/admin');
      await admin.page.getByRole('link', { name: 'Waiting' }).first().click();
      await admin.page.getByRole('tab', { name: 'Sign-ups' }).click();
      await admin.screenshot('sign-up-waits');
      await admin.page.getByRole('button', { name: `Approve ${NEWCOMER}` }).click();
      const dialog = admin.page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'A new tenant' }).click();
      await dialog.getByLabel('Tenant’s ID').fill('tenant_newcomers');
      await admin.screenshot('sign-up-approve');
      await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
      await admin.page.getByText(`${NEWCOMER} is a member of tenant_newcomers`).waitFor();
      await admin.end();

      await page.getByRole('button', { name: 'Look again' }).click();
      await isIn(visit);
      await visit.end();
    },
    LONGEST_MILLISECONDS,
  );

  test(
    'who nobody lets sign up is told to ask, is invited, accepts by the mail’s link, and is in',
    async () => {
      const visit = await arrive('off');
      const { page } = visit;
      await page.getByText('ask whoever told you of this page').waitFor();
      if (server === undefined) throw new Error('nothing runs');
      // Of the others somebody with this address is a member by now.
      await asAdmin(server, '/v1/tenants', { tenantId: 'tenant_guests', name: 'Guests' });
      const invitation = { email: NEWCOMER, role: 'developer' };
      await asAdmin(server, '/v1/tenants/tenant_guests/invitations', invitation);
      await page.goto(await invitationMailedTo(server, NEWCOMER));
      await page.getByRole('button', { name: 'Accept' }).click();
      await page.getByText('You act for tenant_guests now, as developer').waitFor();
      await isIn(visit);
      await visit.screenshot('invited-newcomer');
      await visit.end();
    },
    LONGEST_MILLISECONDS,
  );

  test(
    'starts with a tenant of one’s own, and asks for a sandbox product in it',
    async () => {
      const visit = await arrive('open');
      const { page } = visit;
      await page.getByLabel('What your tenant is called').fill('Newcomers');
      await page.getByRole('button', { name: 'Start in the sandbox' }).click();
      await isIn(visit);
      const card = page.getByRole('listitem').filter({ hasText: 'Sandbox' });
      await card.getByRole('link').first().click();
      await page.getByRole('button', { name: 'Subscribe' }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('First try');
      await dialog.getByRole('button', { name: 'Subscribe' }).click();
      await dialog.waitFor({ state: 'detached' });
      await visit.settle();
      await visit.screenshot('sign-up-open-in');
      await visit.end();
    },
    LONGEST_MILLISECONDS,
  );
});
