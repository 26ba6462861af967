import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { freePorts } from '../../../emulator/listen.ts';
import { LocalServer } from '../../support/local-server.ts';
import { Visit, type VisitOptions } from './visit.ts';

const ADMIN = 'admin@keywright.test';
export const TENANT = '/admin/tenants/tenant_acme';

/** `npm start`, with the seeded admin signed in once for all visits, and some requests made with the seeded keys. */
export class AdminsDoor {
  readonly server: LocalServer;
  /** What a visit takes to be the admin's. */
  readonly admin: VisitOptions;
  /** One of the keys that were used. */
  readonly keyId: string;
  readonly #browser: Browser;

  private constructor(browser: Browser, server: LocalServer, admin: VisitOptions) {
    this.#browser = browser;
    this.server = server;
    this.admin = admin;
    this.keyId = server.demoKey('readerSandbox').keyId;
  }

  static async open(browser: Browser | undefined): Promise<AdminsDoor> {
    if (browser === undefined) throw new Error('there is no browser');
    const dataDir = mkdtempSync(join(tmpdir(), 'keywright-admin-'));
    const server = await LocalServer.ready(dataDir, await freePorts());
    const visit = await Visit.begin(browser, server);
    await visit.signIn(ADMIN, `${TENANT}/keys`);
    const admin = { storageState: await visit.page.context().storageState() };
    await visit.end();
    const door = new AdminsDoor(browser, server, admin);
    await door.#callSome();
    return door;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.server.end('SIGKILL');
    rmSync(this.server.dataDir, { recursive: true });
  }

  visit(options: VisitOptions = this.admin): Promise<Visit> {
    return Visit.begin(this.#browser, this.server, options);
  }

  /** Goes to a page, with the key that was used for `:key`, and waits until all of it has come. */
  goTo(visit: Visit, path: string): Promise<void> {
    return visit.goTo(path.replace(':key', this.keyId));
  }

  /** Calls one of the demo APIs with a secret. */
  call(secret: string, path: string): Promise<Response> {
    return fetch(`http://localhost:${this.server.port + 2}${path}`, {
      headers: { 'x-api-key': secret, 'x-tn': 'tenant_acme' },
    });
  }

  /** Calls the management API, as the admin unless somebody else is named. */
  async manage(
    method: string,
    path: string,
    body?: object,
    by = ADMIN,
    // biome-ignore lint/suspicious/noExplicitAny: answers have many shapes, and a test looks into one of them
  ): Promise<{ status: number; body: any }> {
    const authorization = `Bearer ${await this.server.token(by)}`;
    const response = await fetch(`${this.server.managementUrl}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Requests, some of them refused, so that there is something to be seen. */
  async #callSome(): Promise<void> {
    const call = (name: Parameters<LocalServer['demoKey']>[0], path: string) =>
      this.call(this.server.demoKey(name).secret, path);
    for (let i = 0; i < 12; i++)
      await Promise.all([
        call('readerSandbox', '/orders/sandbox/v1/orders'),
        call('readerSandbox', '/orders/sandbox/v1/invoices'),
        call('publishableSandbox', '/catalog/sandbox/v1/products'),
        call('limitedSandbox', '/orders/sandbox/v1/orders'),
      ]);
  }
}
