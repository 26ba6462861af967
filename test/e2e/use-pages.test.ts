import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '../../emulator/listen.ts';
import { LocalServer, PROJECT } from '../support/local-server.ts';

const LONGEST_MILLISECONDS = 120_000;
/** What comes before a page's lines: npm and the command are this project's, and a refusal ends them. */
const FIRST = `set -e
curl() { command curl --silent --show-error --fail-with-body "$@"; echo; }
npm() { command npm --prefix "$PROJECT" "$@"; }
npx() { shift; node --disable-warning=ExperimentalWarning "$PROJECT/bin/cli.ts" "$@"; }
`;

let server: LocalServer;
let folder: string;
beforeAll(async () => {
  server = await LocalServer.ready(mkdtempSync(join(tmpdir(), 'keywright-pages-')), await freePorts());
  folder = mkdtempSync(join(tmpdir(), 'keywright-pages-cwd-'));
}, LONGEST_MILLISECONDS);
afterAll(async () => {
  await server?.end('SIGKILL');
  for (const each of [server?.dataDir, folder]) if (each !== undefined) rmSync(each, { recursive: true });
});

/** The lines of a shell on a page that ask this machine's server, in their order. */
function linesOf(page: string): string {
  const text = readFileSync(join(PROJECT, 'docs', page), 'utf8');
  const blocks = [...text.matchAll(/```sh\n([\s\S]+?)```/g)].map(([, block = '']) => block);
  // What a page defines first, its later lines use. What AWS itself is asked is not this machine's.
  const own = blocks.filter(
    (block, index) =>
      !/^aws /m.test(block) && (index === 0 || /localhost:4100|npx keywright|\$management_url/.test(block)),
  );
  return own.join('\n').replaceAll('localhost:4100', `localhost:${server.port}`);
}

/** The id of a request that was refused, once it can be explained. */
async function refusedRequest(key: string, token: string): Promise<string> {
  const [, , apis] = server.origins;
  const headers = { 'x-api-key': key, 'x-tn': 'tenant_other' };
  const refused = await fetch(`${apis}/orders/sandbox/v1/orders`, { headers });
  const requestId = refused.headers.get('x-amzn-requestid') ?? '';
  const authorization = `Bearer ${token}`;
  for (;;) {
    const url = `${server.managementUrl}/v1/explain/${requestId}`;
    if ((await fetch(url, { headers: { authorization } })).ok) return requestId;
  }
}

// The last one sets a key policy, which the others' lines don't keep to.
test.each([
  ['operate/audit.md', 'sound: '],
  ['operate/day-to-day.md', '"type":"tenant.created"'],
  ['use/authorizers.md', '"scopes":["payments.cancel"]'],
  ['use/evidence.md', 'tenant_acme'],
  ['use/usage.md', 'tenant_acme'],
  ['use/products.md', 'tenant_acme'],
])(
  'whoever follows %s line by line is refused nowhere',
  async (page, expected) => {
    const { keyId, secret } = server.demoKey('secretSandbox');
    const token = await server.token('admin@keywright.test');
    const variables = {
      ...{ PROJECT, HOME: folder, KEY_ID: keyId, API_ID: 'api_OrdersSndbox' },
      ...{ REQUEST_ID: await refusedRequest(secret, token) },
      ...{ KEYWRIGHT_URL: server.managementUrl, KEYWRIGHT_TOKEN: token },
      ...{ management_url: server.managementUrl, access_token: token, sub: 'admin@keywright.test' },
    };
    const asked = promisify(execFile)('bash', ['-c', FIRST + linesOf(page).replace(' --watch', '')], {
      cwd: folder,
      env: { ...server.variables(), ...variables },
      timeout: LONGEST_MILLISECONDS,
    });
    const { stdout, stderr, code } = await asked.then(
      (done) => ({ ...done, code: 0 }),
      ({ stdout, stderr, code }) => ({ stdout, stderr, code }),
    );
    expect({ code, said: code === 0 ? '' : stdout.slice(-500) + stderr.slice(-500) }).toEqual({
      code: 0,
      said: '',
    });
    expect(stdout).toContain(expected);
  },
  LONGEST_MILLISECONDS,
);
