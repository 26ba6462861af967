import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { freePorts } from '../../emulator/listen.ts';
import { LocalServer, PROJECT } from './local-server.ts';

/** How people protect an API of their own. */
const PROTECT_PAGE = readFileSync(join(PROJECT, 'docs/use/protect.md'), 'utf8');

/** The page's app, as it says it in a language. */
export function appOfPage(language: 'ts' | 'python'): string {
  const [, code] = new RegExp(`\`\`\`${language}\\n([\\s\\S]+?)\`\`\``).exec(PROTECT_PAGE) ?? [];
  if (code === undefined) throw new Error(`docs/use/protect.md has no app in ${language}`);
  return code;
}

/**
 * Deploys the page's app beside a local Keywright, as its last section says, and calls it as the page does: the API is
 * registered, and the first call with a key is a 200.
 * @param assembly what `cdk synth` made of it
 * @param dataDir a folder for the local Keywright
 */
export async function expectFirstCalls(assembly: string, dataDir: string): Promise<void> {
  const server = new LocalServer(dataDir, await freePorts(), { KEYWRIGHT_APPS: assembly });
  try {
    await server.ready();
    const authorization = `Bearer ${await server.token('admin@keywright.test')}`;
    const manage = async (method: string, path: string, body?: object) => {
      const headers = { authorization, 'content-type': 'application/json' };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const answer = await fetch(`${server.managementUrl}/v1${path}`, init);
      return (await answer.json()) as { items: unknown; secret: string };
    };
    const { items } = await manage('GET', '/apis?limit=100');
    expect(items).toContainEqual(
      expect.objectContaining({
        ...{ name: 'invoices', environment: 'live', scheme: 'tenant' },
        routes: [{ method: 'ANY', path: '/v1/invoices', permission: null, public: false }],
      }),
    );
    // As the page's lines have it.
    const [tenant, role, key] = [...PROTECT_PAGE.matchAll(/-d '(\{.+\})'/g)].map(([, json = '']) =>
      JSON.parse(json),
    );
    await manage('POST', '/tenants', { ...tenant, tenantId: 'tenant_books' });
    await manage('PUT', '/tenants/tenant_books/roles/bookkeeper', role);
    const { secret } = await manage('POST', '/tenants/tenant_books/keys', key);
    const call = (method: string, headers: Record<string, string>) =>
      fetch(`http://localhost:${server.port + 2}/invoices/v1/invoices`, {
        method,
        headers: { 'x-tn': 'tenant_books', ...headers },
      });
    const first = await call('GET', { 'x-api-key': secret });
    expect([first.status, await first.json()]).toEqual([
      200,
      expect.objectContaining({ tenantId: 'tenant_books', role: 'bookkeeper' }),
    ]);
    expect((await call('POST', { 'x-api-key': secret })).status).toBe(403);
    expect((await call('GET', {})).status).toBe(401);
  } finally {
    await server.end('SIGTERM');
  }
}
