import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXIT, EXIT_MEANINGS } from '../../bin/command/exit.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { auditLog } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { answer, type HostileServer, startHostileServer } from '../support/hostile-server.ts';
import { PROJECT } from '../support/local-server.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';

const home = mkdtempSync(join(tmpdir(), 'keywright-exits-'));
let dynamodb: TestDynamoDb;
let management: TestManagement;
let server: ManagementServer;
let unavailable: HostileServer;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  Object.defineProperty(management, 'clock', { get: () => new Date() });
  const people = new Map([
    ['token-admin', ADMIN],
    ['token-developer', { ...ADMIN, 'keywright:role': 'developer' }],
  ]);
  server = await startManagementServer(management, (token) => people.get(token));
  const busy = answer(503, '{"error":{"code":"dependency_unavailable","message":"Later"}}', {
    'retry-after': '0',
  });
  unavailable = await startHostileServer(busy);
  for (const [id, requireApproval] of [
    ['tenant_acme', false],
    ['tenant_careful', true],
  ] as const) {
    await management.call('POST /v1/tenants', {
      body: { tenantId: id, name: id, settings: { requireApproval } },
    });
    if (requireApproval)
      await management.call(`PATCH /v1/tenants/${id}`, { body: { settings: { requireApproval } } });
  }
  const row = (name: string, environment: string) =>
    `${name},secret,${environment},reader,${name}-3f0c52e1a5b94d7c8e61f2`;
  writeFileSync(
    join(home, 'keys.csv'),
    ['name,type,environment,role,key', row('Good', 'sandbox'), row('Bad', 'nowhere'), ''].join('\n'),
  );
});
afterAll(async () => {
  await server.close();
  await unavailable.close();
  await dynamodb.close();
  rmSync(home, { recursive: true });
});

function keywright(words: readonly string[], variables: NodeJS.ProcessEnv = {}): ChildProcess {
  const env = {
    ...{ PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, KEYWRIGHT_NO_KEYCHAIN: '1' },
    ...{ KEYWRIGHT_URL: server.url, KEYWRIGHT_TOKEN: 'token-admin', KEYWRIGHT_TENANT: 'tenant_acme' },
    ...variables,
  };
  const child = spawn(process.execPath, [join(PROJECT, 'bin/cli.ts'), ...words], { cwd: home, env });
  child.stdin?.end();
  return child;
}

async function ended(child: ChildProcess) {
  const [out, said, [code]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'close'),
  ]);
  return { code: Number(code), out, said };
}

const byNumber = (one: string, other: string) => one.localeCompare(other, 'en', { numeric: true });

/** Waits until so many more are printed. */
async function lines({ stdout }: ChildProcess, count: number): Promise<void> {
  let printed = 0;
  while (printed < count) {
    const [chunk] = await once(stdout as NodeJS.ReadableStream, 'data');
    printed += String(chunk).split('\n').length - 1;
  }
}

const NEW_KEY = [
  'keys',
  'create',
  '--name',
  'Live',
  '--type',
  'secret',
  '--environment',
  'live',
  '--role',
  'reader',
];
/** For each code something that ends with it, and what is said of it. */
const TABLE: Readonly<
  Record<number, readonly [words: readonly string[], says: RegExp, variables?: () => NodeJS.ProcessEnv]>
> = {
  [EXIT.done]: [['tenants', 'list', '--quiet'], /tenant_acme/],
  [EXIT.no]: [['keys', 'inspect', 'sk_live_nothing'], /not a key/],
  [EXIT.usage]: [['keys', 'lst'], /list/],
  [EXIT.signedOut]: [['whoami'], /keywright login/, () => ({ KEYWRIGHT_TOKEN: 'token-old' })],
  [EXIT.forbidden]: [
    ['tenants', 'create', 'tenant_x', '--name', 'X'],
    /403/,
    () => ({ KEYWRIGHT_TOKEN: 'token-developer' }),
  ],
  [EXIT.notFound]: [['keys', 'get', 'key_000000000000'], /404/],
  [EXIT.conflict]: [['tenants', 'resume', 'tenant_acme'], /409/],
  [EXIT.waiting]: [[...NEW_KEY, '--show-secret'], /^apr_/, () => ({ KEYWRIGHT_TENANT: 'tenant_careful' })],
  [EXIT.unavailable]: [['tenants', 'list'], /503/, () => ({ KEYWRIGHT_URL: unavailable.url })],
  [EXIT.partial]: [['keys', 'import', 'keys.csv'], /invalid 1/],
};

test.each(Object.entries(TABLE))('%s', async (code, [words, says, variables = () => ({})]) => {
  const { out, said, ...end } = await ended(keywright(words, variables()));
  expect([out + said, end.code]).toEqual([expect.stringMatching(says), Number(code)]);
});

test('each code has something that ends with it', () => {
  const interrupted = String(EXIT.interrupted);
  expect(Object.keys(EXIT_MEANINGS).sort()).toEqual([...Object.keys(TABLE), interrupted].sort());
});

test('130', async () => {
  const { approvalId } = (await management.call('GET /v1/approvals', { query: { state: 'pending' } })).body
    .items[0];
  const waiting = keywright(['approvals', 'wait', approvalId, '--verbose']);
  await once(waiting.stderr as NodeJS.ReadableStream, 'data');
  waiting.kill('SIGINT');
  expect((await ended(waiting)).code).toBe(EXIT.interrupted);
});

test('a tail shows each record once as it comes, and ends with a count', async () => {
  const events = (from: number, count: number) =>
    Array.from({ length: count }, (_, index): AuditEvent => {
      const time = new Date();
      const data = { reason: null };
      return {
        ...{
          id: eventId(time, () => crypto.getRandomValues(new Uint8Array(8))),
          version: 1,
          time: time.toISOString(),
        },
        ...{ type: 'apiKey.revoked', tenantId: 'tenant_acme', actor: { type: 'admin', id: 'person-admin' } },
        ...{
          subject: { type: 'apiKey', id: 'key_0123456789AB' },
          data,
          requestId: `request-${from + index}`,
        },
      } as AuditEvent;
    });
  const log = auditLog(dynamodb.audit);
  const tail = keywright(['audit', 'tail', '--jsonl', '--verbose']);
  const all = ended(tail);
  // It has asked once.
  await once(tail.stderr as NodeJS.ReadableStream, 'data');
  await log.append('tenant_acme', events(0, 130));
  management.settle();
  await lines(tail, 130);
  await log.append('tenant_acme', events(130, 2));
  management.settle();
  await lines(tail, 2);
  tail.kill('SIGINT');
  const { code, out, said } = await all;
  const shown = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).requestId);
  // Those of one millisecond stand in any order.
  expect(shown.sort(byNumber)).toEqual(Array.from({ length: 132 }, (_, index) => `request-${index}`));
  expect([code, said]).toEqual([EXIT.done, expect.stringContaining('132 records since')]);
});
