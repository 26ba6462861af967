import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../emulator/listen.ts';
import { LocalServer } from '../support/local-server.ts';
import { BUDGET } from './support/budget.ts';
import { findBrowser } from './support/chromium.ts';
import { LOOKS } from './support/looks.ts';
import { invitationMailedTo } from './support/mail.ts';
import { Visit, type VisitOptions } from './support/visit.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

inBrowser('the first page at the address that npm start prints', () => {
  let dataDir: string;
  let server: LocalServer;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'keywright-portal-'));
    server = await LocalServer.ready(dataDir, await freePorts());
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server?.end('SIGKILL');
    rmSync(dataDir, { recursive: true });
  });

  /** The link in the mail of somebody who was invited to a tenant of its own. */
  async function invite(email: string): Promise<string> {
    const token = await server.token('admin@keywright.test');
    const post = (path: string, body: object) =>
      fetch(server.managementUrl + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post('/v1/tenants', { tenantId: 'tenant_guests', name: 'Guests' })).status).toBe(201);
    expect((await post('/v1/tenants/tenant_guests/invitations', { email, role: 'developer' })).status).toBe(
      201,
    );
    return invitationMailedTo(server, email);
  }

  /** A person who comes for the first time, once something of the app is to be seen. */
  async function comeTo(path: string, options: VisitOptions = {}): Promise<Visit> {
    if (browser === undefined) throw new Error('there is no browser');
    const visit = await Visit.begin(browser, server, options);
    await visit.page.goto(path);
    await visit.page.waitForSelector('#root :is(h1, h2):visible');
    await visit.page.waitForLoadState('networkidle');
    return visit;
  }

  test.each(LOOKS)('asks nobody else, and breaks no policy: %s', async (look, options) => {
    const visit = await comeTo('/', options);
    await visit.screenshot(`first-page-${look}`);
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  // Somebody else each time: a code is good once.
  test.each([
    ['light', 'admin'],
    ['dark', 'second-admin'],
    ['phone', 'auditor'],
  ] as const)('leads by password and code to the keys of a tenant: %s', async (look, who) => {
    const [, options] = LOOKS.find(([name]) => name === look) ?? [];
    if (browser === undefined) throw new Error('there is no browser');
    const visit = await Visit.begin(browser, server, options);
    await visit.signIn(`${who}@keywright.test`, '/admin/tenants/tenant_acme/keys');
    await visit.page.getByText('Order report').first().waitFor();
    await visit.page.waitForLoadState('networkidle');
    await visit.screenshot(`keys-${look}`);
    const { cspReports, errors } = visit.seen;
    expect({ cspReports, errors }).toEqual({ cspReports: [], errors: [] });
    await visit.end();
  });

  test('a mail’s invitation is accepted by whom it is for, to whom the admins’ door is not there', async () => {
    const email = 'developer@keywright.test';
    const link = await invite(email);
    const visit = await comeTo(link);
    await visit.page.getByRole('link', { name: 'Sign in' }).click();
    await visit.identify(email);
    await visit.page.getByRole('button', { name: 'Accept' }).click();
    await visit.page.getByText('You act for tenant_guests now, as developer').waitFor();
    await visit.screenshot('invitation-accepted');
    // Neither the address nor the tab has the token any more.
    const left = await visit.page.evaluate('location.href + JSON.stringify(sessionStorage)');
    expect(left).not.toContain(link.split('=')[1]);
    const scriptsAt = async (path: string) => {
      await visit.page.goto(path);
      await visit.page.waitForLoadState('networkidle');
      const ofScripts =
        "performance.getEntriesByType('resource').map(({ name }) => name).filter((n) => n.endsWith('.js'))";
      return new Set((await visit.page.evaluate(ofScripts)) as string[]);
    };
    const atHome = await scriptsAt('/somewhere');
    expect(await scriptsAt('/admin/tenants/tenant_acme/keys')).toEqual(atHome);
    await visit.page.getByRole('heading', { name: 'Not found' }).waitFor();
    const { cspReports, errors } = visit.seen;
    expect({ cspReports, errors }).toEqual({ cspReports: [], errors: [] });
    await visit.end();
  });

  test.each(['/', '/admin'])('loads %s within the budget, with an empty cache', async (path) => {
    const visit = await comeTo(path);
    const { scripts, styles } = await visit.loaded();
    expect(scripts).toBeGreaterThan(0);
    expect(scripts).toBeLessThanOrEqual(BUDGET.scripts);
    expect(styles).toBeGreaterThan(0);
    expect(styles).toBeLessThanOrEqual(BUDGET.styles);
    await visit.end();
  });

  test('has the policy of the template: another host and text as markup are stopped, and seen', async () => {
    const visit = await comeTo('/');
    await visit.page.evaluate(() => {
      // biome-ignore lint/suspicious/noExplicitAny: it runs in the page, whose globals this program does not know
      const { document } = globalThis as any;
      const image = document.createElement('img');
      image.src = 'https://example.com/x.png';
      document.body.append(image);
      try {
        document.body.insertAdjacentHTML('beforeend', '<b>text as markup</b>');
      } catch {
        // That it is stopped is what the report says.
      }
    });
    const reported = async () => {
      while (visit.seen.cspReports.length < 2) await visit.page.waitForTimeout(20);
      return visit.seen.cspReports.map((report) => report.split(':')[0]).toSorted();
    };
    expect(await reported()).toEqual(['img-src', 'require-trusted-types-for']);
    await visit.end();
  });
});
