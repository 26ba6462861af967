import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts, LocalServer } from '../support/local-server.ts';
import { BUDGET } from './support/budget.ts';
import { findBrowser } from './support/chromium.ts';
import { Visit, type VisitOptions } from './support/visit.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

const LOOKS: readonly (readonly [string, VisitOptions])[] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
];

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

  /** A person who comes for the first time, once something of the app is to be seen. */
  async function comeTo(path: string, options: VisitOptions = {}): Promise<Visit> {
    if (browser === undefined) throw new Error('there is no browser');
    const visit = await Visit.begin(browser, server, options);
    await visit.page.goto(path);
    await visit.page.waitForSelector('#root :is(h1, h2)');
    await visit.page.waitForLoadState('networkidle');
    return visit;
  }

  test.each(LOOKS)('asks nobody else, and breaks no policy: %s', async (look, options) => {
    const visit = await comeTo('/', options);
    await visit.screenshot(`first-page-${look}`);
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  test.each(LOOKS)('leads by password and code to the keys of a tenant: %s', async (look, options) => {
    if (browser === undefined) throw new Error('there is no browser');
    const visit = await Visit.begin(browser, server, options);
    await visit.signIn('admin@keywright.test', '/admin/tenants/tenant_acme/keys');
    await visit.page.getByText('Order report').first().waitFor();
    await visit.page.waitForLoadState('networkidle');
    await visit.screenshot(`keys-${look}`);
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
