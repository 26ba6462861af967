import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { freePorts } from '../../../emulator/listen.ts';
import { LocalServer } from '../../support/local-server.ts';
import { Visit, type VisitOptions } from './visit.ts';

const DEVELOPER = 'developer@keywright.test';

/** `npm start`, with the seeded developer signed in once for all visits. */
export class DevelopersDoor {
  readonly server: LocalServer;
  /** What a visit takes to be the developer's. */
  readonly developer: VisitOptions;
  readonly #browser: Browser;
  readonly #seeded: Readonly<Record<string, string>>;

  private constructor(
    browser: Browser,
    server: LocalServer,
    developer: VisitOptions,
    seeded: Readonly<Record<string, string>>,
  ) {
    this.#browser = browser;
    this.server = server;
    this.developer = developer;
    this.#seeded = seeded;
  }

  static async open(browser: Browser | undefined): Promise<DevelopersDoor> {
    if (browser === undefined) throw new Error('there is no browser');
    const dataDir = mkdtempSync(join(tmpdir(), 'keywright-developer-'));
    const server = await LocalServer.ready(dataDir, await freePorts());
    const visit = await Visit.begin(browser, server);
    await visit.signIn(DEVELOPER);
    const developer = { storageState: await visit.page.context().storageState() };
    await visit.end();
    const { activeSandbox, pendingSandbox } = notesIn(dataDir);
    const seeded = {
      product: await sandboxProduct(server),
      active: activeSandbox.subscriptionId,
      pending: pendingSandbox.subscriptionId,
    };
    return new DevelopersDoor(browser, server, developer, seeded);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.server.end('SIGKILL');
    rmSync(this.server.dataDir, { recursive: true });
  }

  /** What the seeding wrote down of its subscriptions. */
  get notes(): Notes {
    return notesIn(this.server.dataDir);
  }

  visit(options: VisitOptions = this.developer): Promise<Visit> {
    return Visit.begin(this.#browser, this.server, options);
  }

  /** Asks the management API, as the seeded admin unless it is said as whom; the answer's body. */
  async manage(
    method: string,
    path: string,
    body: object,
    by = 'admin@keywright.test',
  ): Promise<Record<string, string>> {
    const authorization = `Bearer ${await this.server.token(by)}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const asked = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${this.server.managementUrl}${path}`, asked);
    if (!response.ok) throw new Error(`${path} answered ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, string>;
  }

  /** The address of a page, with `:product` and the like for what is seeded. */
  addressOf(path: string): string {
    return path.replace(/:(\w+)/g, (_match, name: string) => this.#seeded[name] ?? '');
  }

  /** Goes to a page, and waits until all of it has come. */
  goTo(visit: Visit, path: string): Promise<void> {
    return visit.goTo(this.addressOf(path));
  }
}

type Notes = Record<'activeSandbox' | 'pendingSandbox', Record<'subscriptionId' | 'primaryKey', string>>;

/** What the seeding wrote down of its subscriptions. */
export function notesIn(dataDir: string): Notes {
  return JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')).subscriptions;
}

async function sandboxProduct(server: LocalServer): Promise<string> {
  const response = await fetch(`${server.managementUrl}/v1/catalogue`);
  const { items } = (await response.json()) as { items: { productId: string; environment: string }[] };
  return items.find(({ environment }) => environment === 'sandbox')?.productId ?? '';
}
