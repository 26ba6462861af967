import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import type { Browser, BrowserContext, BrowserContextOptions, Page, Request } from 'playwright-core';
import { credentialsOf } from '../../local/identity-browser.ts';
import { PROJECT } from '../../support/local-server.ts';

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

/** So long a page may take to ask for more, once what it asked for has come. */
const QUIET_MILLISECONDS = 150;
/** A new code comes every half minute. */
const CODE_MILLISECONDS = 30_000;

/** Where the portals are, and who can sign in there. */
export interface Portals {
  /** The portals' origin, which is the management API's too. */
  readonly managementUrl: string;
  /** Origins that pages may call or lead to: the portals' own, their issuer's, the protected APIs'. */
  readonly origins: readonly string[];
  /** Where the people are kept, with their passwords. */
  readonly dataDir: string;
}

/** What a page did that it should not have done. */
export interface Seen {
  /** URLs of requests to any other origin. */
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
  /** Origins that pages may call as well. */
  readonly also?: readonly string[];
}

/** A person's browser at the portals: a context of its own, with an empty cache and no cookies. */
export class Visit {
  readonly page: Page;
  readonly seen: Seen = { foreign: [], cspReports: [], errors: [] };
  readonly #portals: Portals;
  readonly #context: BrowserContext;
  readonly #requests: Request[] = [];
  readonly #underway = new Set<Request>();
  #changedAt = 0;
  readonly #own: readonly string[];

  private constructor(portals: Portals, context: BrowserContext, page: Page, also: readonly string[]) {
    this.#portals = portals;
    this.#context = context;
    this.page = page;
    this.#own = [...portals.origins, ...also];
  }

  static async begin(
    browser: Browser,
    portals: Portals,
    { also = [], ...options }: VisitOptions = {},
  ): Promise<Visit> {
    const context = await browser.newContext({
      baseURL: portals.managementUrl,
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      ...options,
    });
    const visit = new Visit(portals, context, await context.newPage(), also);
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
    const { password, code } = credentialsOf(this.#portals.dataDir, email);
    await page.fill('#email', email);
    await page.fill('#password', password);
    await page.click('button[value=password]');
    // Somebody may have used a code that is not noted here: then one more is waited for.
    for (let tries = 0; tries < 3; tries++) {
      await page.fill('#code', code(await unusedPeriod(email + this.#portals.dataDir)));
      await Promise.all([page.waitForEvent('framenavigated'), page.click('button[value=code]')]);
      await page.waitForLoadState();
      if (new URL(page.url()).origin === new URL(this.#portals.managementUrl).origin) return;
    }
    throw new Error(`${email} was not let in: ${await page.textContent('main')}`);
  }

  /** Waits until nothing is underway, and nothing new was asked for by what has come. */
  async settle(): Promise<void> {
    while (this.#underway.size > 0 || Date.now() - this.#changedAt < QUIET_MILLISECONDS) await sleep(20);
  }

  /** Has the operating system turn to dark or to light, and the page with it. */
  async inColours(colorScheme: 'dark' | 'light'): Promise<void> {
    await this.page.emulateMedia({ colorScheme });
    const dark = this.page.locator('.awsui-dark-mode').first();
    await dark.waitFor({ state: colorScheme === 'dark' ? 'attached' : 'detached' });
  }

  /** Goes to a page, and waits until all of it has come. */
  async goTo(path: string): Promise<void> {
    await this.page.goto(path);
    await this.page.locator('#root h1:visible').first().waitFor({ timeout: 60_000 });
    await this.settle();
  }

  /** Goes to a page as a link within the portal leads there: nothing is loaded anew. */
  async turnTo(path: string): Promise<void> {
    await this.page.evaluate(
      `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'));`,
    );
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
      this.#underway.add(request);
      const url = request.url();
      const isOwn = this.#own.includes(new URL(url).origin) || /^(data|blob|about):/.test(url);
      if (!isOwn) this.seen.foreign.push(url);
    });
    const over = (request: Request) => {
      this.#underway.delete(request);
      this.#changedAt = Date.now();
    };
    this.#context.on('requestfinished', over);
    this.#context.on('requestfailed', over);
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

/** The period that each person's last code was of. */
const periodsUsed = new Map<string, number>();

/**
 * A code is good once, and none is taken that is older than the last one: that of this half minute (0) or of the next
 * one (1), once there is one of them that this person has not used.
 */
async function unusedPeriod(person: string): Promise<number> {
  const period = () => Math.floor(Date.now() / CODE_MILLISECONDS);
  const next = Math.max(period(), (periodsUsed.get(person) ?? 0) + 1);
  while (next > period() + 1) await sleep(100);
  periodsUsed.set(person, next);
  return next - period();
}
