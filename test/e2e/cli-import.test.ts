import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { issuedText } from '../support/imports.ts';
import { PROJECT } from '../support/local-server.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';

/** `KEYWRIGHT_IMPORT_ROWS=100000` for a night. */
const ROWS = Number(process.env.KEYWRIGHT_IMPORT_ROWS ?? 10_000);
const BATCH = Math.min(10_000, ROWS / 40);
const KILLS = 8;
const INVALID = 10;

let dynamodb: TestDynamoDb;
let server: ManagementServer;
let management: TestManagement;
const folder = mkdtempSync(join(tmpdir(), 'keywright-import-'));
const file = join(folder, 'keys.csv');

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  Object.defineProperty(management, 'clock', { get: () => new Date() });
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_acme', name: 'Acme' } });
  server = await startManagementServer(management, (token) => (token === 'token-1' ? ADMIN : undefined));
  const rows = Array.from({ length: ROWS }, (_, row) => `Key ${row},secret,sandbox,reader,${issuedText()}`);
  const wrong = Array.from(
    { length: INVALID },
    (_, row) => `Wrong ${row},secret,nowhere,reader,${issuedText()}`,
  );
  // Spread out, so that some come before and some after each crash.
  for (const [index, row] of wrong.entries()) rows.splice(Math.floor((index * ROWS) / INVALID), 0, row);
  writeFileSync(file, ['name,type,environment,role,key', ...rows, ''].join('\n'));
});
afterAll(async () => {
  await server.close();
  await dynamodb.close();
  rmSync(folder, { recursive: true });
});

function importing(): ChildProcess {
  const words = ['keys', 'import', file, '--batch', String(BATCH), '--json'];
  const env = {
    ...process.env,
    XDG_CONFIG_HOME: folder,
    KEYWRIGHT_URL: server.url,
    KEYWRIGHT_TOKEN: 'token-1',
    KEYWRIGHT_TENANT: 'tenant_acme',
  };
  return spawn(process.execPath, [join(PROJECT, 'bin/cli.ts'), ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What the command said until so many batches were answered, of those that it sends before it is killed. */
function until(child: ChildProcess, batches: number): Promise<string> {
  let said = '';
  return new Promise((resolve) => {
    if (batches === 0) resolve(said);
    child.stderr?.on('data', (chunk) => {
      said += chunk;
      if (said.split('import ').length > batches) resolve(said);
    });
    child.on('exit', () => resolve(said));
  });
}

test('an import that is killed at any moment and repeated makes each key once, and rejects each wrong row once', async () => {
  let killed = 0;
  let resumed = 0;
  while (killed < KILLS) {
    const child = importing();
    const over = once(child, 'exit');
    const said = until(child, Math.floor(Math.random() * 3));
    const isOver = await Promise.race([
      over.then(() => true),
      said.then(() => wait(Math.random() * 1000, false)),
    ]);
    if (isOver) break;
    child.kill('SIGKILL');
    await over;
    killed += 1;
    if ((await said).includes('Goes on after row')) resumed += 1;
  }
  const last = importing();
  const [out, said, [code]] = await Promise.all([
    text(last.stdout as NodeJS.ReadableStream),
    text(last.stderr as NodeJS.ReadableStream),
    once(last, 'exit'),
  ]);
  process.stderr.write(
    `killed ${killed} times, went on by the journal ${resumed} times, at the end ${out}${said.split('\n').at(-3)}\n`,
  );
  const { created, exists, invalid } = JSON.parse(out);
  expect([code, created + exists, invalid]).toEqual([9, ROWS, INVALID]);
  expect(existsSync(`${file}.journal`)).toBe(false);
  const rejected = readFileSync(`${file}.rejected.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).name);
  expect(rejected).toEqual(Array.from({ length: INVALID }, (_, row) => `Wrong ${row}`));

  const names = new Map<string, number>();
  let cursor: string | undefined;
  do {
    const query = { limit: '100', ...(cursor && { cursor }) };
    const { body } = await management.call('GET /v1/tenants/tenant_acme/keys', { query });
    for (const { name } of body.items) names.set(name, (names.get(name) ?? 0) + 1);
    cursor = body.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(names.size).toBe(ROWS);
  expect([...names].filter(([, times]) => times !== 1)).toEqual([]);
}, 3_000_000);
