import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Browser, BrowserContext, BrowserContextOptions, Page, Request } from 'playwright-core';
import { credentialsOf } from '../../local/identity-browser.ts';
import { type LocalServer, PROJECT } from '../../support/local-server.ts';

/** For people to look at; never part of the repository. */
const SCREENSHOTS = join(PROJECT, 'portal-screenshots');
/** Those that README and the pages of docs show: `npm run docs:pictures` makes them again. */
const PICTURES: readonly string[] = [
  'admin-overview-light',
  'admin-keys-light',
  'admin-key-dark',
  'admin-reveal',
  'admin-audit-light',
  'admin-usage-light',
  'developer-catalogue-light',
  'developer-subscription-light',
  'developer-explorer-dark',
];

/** What a page did that it should not have done. */
export interface Seen {
  /** URLs of requests to any origin but those of `npm start`. */
  readonly foreign: string[];
  /** Violations of the content security policy: the directive, and what it stopped. */
  readonly cspReports: string[];
  /** Errors that no code of the page caught. */
  readonly errors: string[];
}

/** What was loaded, in bytes as Brotli makes them: what CloudFront makes of them is its own affair. */
export interface Loaded {
  readonly scripts: number;
  readonly styles: number;
}

export interface VisitOptions extends BrowserContextOptions {
  /** Origins that pages may call beside the server's own three. */
  readonly also?: readonly string[];
}

/** A person's browser at a local server: a context of its own, with an empty cache and no cookies. */
export class Visit {
  readonly page: Page;
  readonly seen: Seen = { foreign: [], cspReports: [], errors: [] };
  readonly #server: LocalServer;
  readonly #context: BrowserContext;
  readonly #requests: Request[] = [];
  readonly #own: readonly string[];

  private constructor(server: LocalServer, context: BrowserContext, page: Page, also: readonly string[]) {
    this.#server = server;
    this.#context = context;
    this.page = page;
    this.#own = [...[0, 1, 2].map((after) => `http://localhost:${server.port + after}`), ...also];
  }

  static async begin(
    browser: Browser,
    server: LocalServer,
    { also = [], ...options }: VisitOptions = {},
  ): Promise<Visit> {
    const context = await browser.newContext({
      baseURL: server.managementUrl,
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      ...options,
    });
    const visit = new Visit(server, context, await context.newPage(), also);
    await visit.#watch();
    return visit;
  }

  /** Signs a seeded person in by the pages that people see, second factor included, and returns to `path`. */
  async signIn(email: string, path = '/'): Promise<void> {
    await this.page.goto(`/auth/login?${new URLSearchParams({ returnTo: path })}`);
    await this.identify(email);
  }

  /** On the pages of whoever signs people in: password and code, until the portal is back. */
  async identify(email: string): Promise<void> {
    const { page } = this;
    const { password, code } = credentialsOf(this.#server.dataDir, email);
    await page.fill('#email', email);
    await page.fill('#password', password);
    await page.click('button[value=password]');
    // A code is good once: one of the next half minute is taken too, where another test has used this one's.
    for (const periods of [0, 1]) {
      await page.fill('#code', code(periods));
      await page.click('button[value=code]');
      await page.waitForLoadState();
      if (new URL(page.url()).origin === new URL(this.#server.managementUrl).origin) return;
    }
    throw new Error(`${email} was not let in: ${await page.textContent('main')}`);
  }

  /** What has been loaded so far, once the network is quiet. */
  async loaded(): Promise<Loaded> {
    await this.page.waitForLoadState('networkidle');
    const bytesOf = async (type: string) => {
      const bodies = this.#requests
        .filter((request) => request.resourceType() === type)
        .map(async (request) => (await request.response())?.body() ?? Buffer.alloc(0));
      return (await Promise.all(bodies)).reduce((sum, body) => sum + brotliCompressSync(body).length, 0);
    };
    return { scripts: await bytesOf('script'), styles: await bytesOf('stylesheet') };
  }

  /** Keeps a picture of the whole page, as `portal-screenshots/<name>.png`; of some what a screen shows, for docs. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
    const pictures = process.env.KEYWRIGHT_PICTURES;
    if (pictures && PICTURES.includes(name))
      await this.page.screenshot({ path: join(PROJECT, pictures, `${name}.png`) });
  }

  async end(): Promise<void> {
    await this.#context.close();
  }

  async #watch(): Promise<void> {
    this.#context.on('request', (request) => {
      this.#requests.push(request);
      const url = request.url();
      const isOwn = this.#own.includes(new URL(url).origin) || /^(data|blob|about):/.test(url);
      if (!isOwn) this.seen.foreign.push(url);
    });
    await this.#context.exposeFunction('reportViolation', (report: string) => {
      this.seen.cspReports.push(report);
    });
    await this.#context.addInitScript(() => {
      // biome-ignore lint/suspicious/noExplicitAny: it runs in the page, whose globals this program does not know
      const { document, reportViolation } = globalThis as any;
      // biome-ignore lint/suspicious/noExplicitAny: likewise
      document.addEventListener('securitypolicyviolation', (event: any) => {
        reportViolation(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
      });
    });
    this.page.on('pageerror', (error) => this.seen.errors.push(String(error)));
  }
}
