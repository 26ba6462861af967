import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { NOUNS } from '../../bin/command/nouns.ts';
import { NUMBERS, placeholderOf } from '../../bin/command/whole-number.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import type { Head } from '../../core/domain/audit/audit-chain.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { auditLog } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { answer, type Behaviour, type HostileServer, startHostileServer } from '../support/hostile-server.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';

const cli = join(import.meta.dirname, '../../bin/cli.ts');

let environment: Record<string, string> = {};
let input = '';
const home = mkdtempSync(join(tmpdir(), 'keywright-home-'));
afterAll(() => rmSync(home, { recursive: true }));

function keywright(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { KEYWRIGHT_URL: _, KEYWRIGHT_TOKEN: __, ...outer } = process.env;
  const env = { ...outer, HOME: home, XDG_CONFIG_HOME: home, KEYWRIGHT_NO_KEYCHAIN: '1', ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [cli, ...words], { env, cwd: home }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

describe('keywright keys pattern', () => {
  test('prints a pattern for each type that strangers must not see', async () => {
    const plain = await keywright('keys', 'pattern', '--vendor', 'acme');
    expect(plain.code).toBe(0);
    const lines = plain.stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split('  ')[0])).toEqual([
      'acme_secret_key',
      'acme_subscription_key',
      'acme_client_key',
    ]);
    const { stdout } = await keywright('keys', 'pattern', '--vendor', 'acme', '--json');
    const { patterns } = JSON.parse(stdout);
    expect(lines).toEqual(
      patterns.map(({ name, regex }: { name: string; regex: string }) => `${name}  ${regex}`),
    );
    const key = new KeyFormat('acme').mint('sub', 'live', 'yAlP9B8aUrgK', randomBytes);
    expect(new RegExp(patterns[1].regex).exec(`KEY=${key}`)?.[1]).toBe(key);
  });
});

describe('keywright keys inspect', () => {
  const key = new KeyFormat().mint('sk', 'sandbox', 'yAlP9B8aUrgK', randomBytes);

  test('names type, environment and id of a key, and never its secret', async () => {
    input = `${key}\n`;
    expect(await keywright('keys', 'inspect', '-')).toEqual({
      code: 0,
      stdout: 'type sk (secret), environment sandbox, id yAlP9B8aUrgK\n',
      stderr: '',
    });
    const { stdout, stderr } = await keywright('keys', 'inspect', '--json', key);
    // As an argument it is in the shell's history by now.
    expect(stderr).toMatch(/^warning: .*standard input/);
    expect(JSON.parse(stdout)).toEqual({
      valid: true,
      type: 'sk',
      environment: 'sandbox',
      id: 'yAlP9B8aUrgK',
    });
  });

  test('exits with 1 and says what is wrong, without the text', async () => {
    const damaged = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
    const { code, stdout, stderr } = await keywright('keys', 'inspect', damaged);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/checksum/);
    expect(stderr).not.toContain(key.slice(20, 40));
    const json = await keywright('keys', 'inspect', damaged, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: false, reason: 'checksum' });
  });

  test("knows an operator's own prefix", async () => {
    const acme = new KeyFormat('acme').mint('pk', 'live', 'yAlP9B8aUrgK', randomBytes);
    expect((await keywright('keys', 'inspect', '--vendor', 'acme', acme)).stdout).toMatch(
      /pk \(publishable\), environment live/,
    );
    expect((await keywright('keys', 'inspect', acme)).code).toBe(1);
  });

  test('wrong usage exits with 2', async () => {
    input = '';
    expect((await keywright('keys', 'inspect')).code).toBe(2);
    expect((await keywright('keys', 'lst')).stderr).toContain('Did you mean keys list?');
    expect((await keywright('keys', 'inspect', '--vendor', 'A_', key)).code).toBe(2);
    expect((await keywright('nonsense')).code).toBe(2);
  });
});

test('a number or a choice that is none is refused before anything is asked, whatever the command', async () => {
  const verbs = [];
  for (const { name: noun, load } of NOUNS)
    for (const { name, options = [] } of await load())
      for (const [flags] of options) verbs.push({ words: [noun, ...name.split(' ').filter(Boolean)], flags });
  const checked = verbs.filter(({ flags }) => placeholderOf(flags) in NUMBERS || flags.includes('|'));
  expect(checked.map(({ words }) => words.join(' '))).toEqual(
    expect.arrayContaining(['audit list', 'usage top', 'approvals wait', 'keys import', 'keys overlap']),
  );
  for (const { words, flags } of checked) {
    const [option = ''] = flags.split(' ');
    const { code, stdout, stderr } = await keywright(...words, `${option}=x`);
    expect([words, code, stdout]).toEqual([words, 2, '']);
    expect(stderr).toMatch(
      flags.includes('|') ? /Allowed choices are/ : /"x" is none; expected a whole number/,
    );
  }
});

describe('what the command never does', () => {
  let hostile: HostileServer;
  afterEach(async () => {
    environment = {};
    input = '';
    await hostile.close();
  });
  const to = async (...behaviours: Behaviour[]) => {
    hostile = await startHostileServer(...behaviours);
    environment = { KEYWRIGHT_URL: hostile.url, KEYWRIGHT_TOKEN: 'token-1', KEYWRIGHT_TENANT: 'tenant_acme' };
  };

  test('send a sign-in to another address than the one that it is for', async () => {
    await to(answer(200, '{}'));
    const { KEYWRIGHT_TOKEN: _, ...signedIn } = environment;
    environment = signedIn;
    const profiles = { default: { url: 'https://keys.example.com', issuer: 'https://id.example.com' } };
    mkdirSync(join(home, 'keywright'));
    writeFileSync(join(home, 'keywright/config.json'), JSON.stringify({ profile: 'default', profiles }));
    const tokens = { accessToken: 'stored', expiresAt: '2999-01-01T00:00:00.000Z' };
    writeFileSync(join(home, 'keywright/tokens.json'), JSON.stringify({ default: tokens }));
    const { code, stderr } = await keywright('keys', 'list');
    expect([code, stderr]).toEqual([3, expect.stringContaining(`not signed in at ${hostile.url}`)]);
    expect(hostile.requests).toEqual([]);
    rmSync(join(home, 'keywright'), { recursive: true });
  });

  const part = (requests: number, clientErrors: number | null, nextCursor: string | null, group = 'prod_a') =>
    answer(
      200,
      JSON.stringify({
        ...{ tenantId: null, keyId: null, from: '2026-11-21T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z' },
        ...{ resolution: 'hour', groupBy: 'product' },
        total: { requests, clientErrors, serverErrors: 0 },
        groups: ['sandbox', 'live'].map((environment) => ({
          ...{ group, environment, keyType: 'subscription', requests, clientErrors, serverErrors: 0 },
          ...{ p50Milliseconds: 3, p99Milliseconds: 9 },
        })),
        nextCursor,
      }),
    );

  test('take a part of all tenants’ usage for the whole, or tell how slow what is in several was', async () => {
    await to(part(4, 1, 'more'), part(5, null, 'most'), part(1, 0, null, 'prod_b'));
    const words = ['usage', 'show', '--all', '--by', 'product', '--json'];
    const usage = JSON.parse((await keywright(...words)).stdout);
    expect(usage.total).toEqual({ requests: 10, clientErrors: null, serverErrors: 0 });
    const counted = { keyType: 'subscription', serverErrors: 0 };
    const ofA = {
      group: 'prod_a',
      requests: 9,
      clientErrors: null,
      p50Milliseconds: null,
      p99Milliseconds: null,
    };
    const ofB = { group: 'prod_b', requests: 1, clientErrors: 0, p50Milliseconds: 3, p99Milliseconds: 9 };
    expect(usage.groups).toEqual(
      [ofA, ofB].flatMap((group) =>
        ['sandbox', 'live'].map((environment) => ({ ...counted, ...group, environment })),
      ),
    );
    const asked = hostile.requests.map(({ call }) => new URL(call.slice(4), hostile.url).searchParams);
    expect(asked.map((query) => [query.get('tenantId'), query.get('cursor')])).toEqual([
      [null, null],
      [null, 'more'],
      [null, 'most'],
    ]);
    expect((await keywright('usage', 'show', '--all', '--key', 'key_000000000000')).code).toBe(2);
  });

  test('leave an empty file where a secret was to go, which would refuse the next try', async () => {
    await to(answer(403, '{"error":{"code":"forbidden","message":"No"}}'));
    const words = ['--name', 'A', '--type', 'secret', '--environment', 'live', '--role', 'reader'];
    const { code } = await keywright('keys', 'create', ...words, '--secret-file', 'a.key');
    expect([code, existsSync(join(home, 'a.key'))]).toEqual([4, false]);
  });

  test('empty the list of rejected rows that it is given to read', async () => {
    await to(answer(200, '{"results":[{"row":0,"result":"created"}]}'));
    const list = join(home, 'rejected.jsonl');
    writeFileSync(list, '{"name":"A"}\n');
    input = readFileSync(list, 'utf8');
    const { code, stderr } = await keywright('keys', 'import', '-', '--format', 'jsonl');
    expect([code, stderr]).toEqual([2, expect.stringContaining('rejected.jsonl exists')]);
    expect(readFileSync(list, 'utf8')).toBe(input);
    rmSync(list);
  });

  const KEY = { keyId: 'key_0123456789AB', name: 'A', secrets: [], createdAt: '2026-11-22T12:00:00.000Z' };
  const page = (...items: object[]) => answer(200, JSON.stringify({ items, nextCursor: null }));

  test('know an option that every command takes only behind the command', async () => {
    await to(page(KEY));
    for (const words of [
      ['--quiet', 'keys', 'list'],
      ['--tenant', 'tenant_other', '--quiet', 'keys', 'list'],
      ['keys', '--tenant=tenant_other', 'list', '--quiet'],
    ])
      expect(await keywright(...words)).toEqual({ code: 0, stdout: `${KEY.keyId}\n`, stderr: '' });
    expect(hostile.requests.map(({ call }) => call.split(/[/?]/)[3])).toEqual([
      ...['tenant_acme', 'tenant_other', 'tenant_other'],
    ]);
    expect(await keywright('--profile', 'other')).toMatchObject({ code: 2 });
    expect((await keywright('--profile', 'other', 'kesy')).stderr).toContain('Did you mean keys?');
  });

  test('list a help that it has not', async () => {
    await to();
    const { code, stdout } = await keywright('keys', 'help', 'rotate');
    expect([code, stdout]).toEqual([0, expect.stringContaining('--until-quiet')]);
    expect((await keywright('apis', 'client-key', 'help', 'reveal')).code).toBe(0);
  });

  test('refuse a column that the API’s objects have, or take one that none has', async () => {
    await to(page(KEY, { ...KEY, rotation: 1 }));
    const list = (columns: string) => keywright('keys', 'list', '--columns', columns);
    const { code, stdout } = await list('createdAt,keyId,rotation');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^2026-11-22 \S+ \S+\tkey_0123456789AB\t\n.*\t1\n$/),
    ]);
    expect(await list('keyId,creaetdAt')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no "creaetdAt"; there are keyId, name, .*createdAt/),
    });
  });

  test('end what is watched without a word, on Ctrl-C', async () => {
    await to(answer(200, JSON.stringify({ verdict: null, new: null, old: null })));
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, ...environment };
    const child = spawn(process.execPath, [cli, 'keys', 'overlap', KEY.keyId, '--watch', '1'], { env });
    let said = '';
    child.stderr.on('data', (chunk) => {
      // It has looked once.
      if (said === '') child.kill('SIGINT');
      said += chunk;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).toMatch(/\nWatched since .*\. No overlap: there is one secret\.\n$/);
  });

  test('wait in a pipe for what logs tell of a key that was stopped; a terminal is told', async () => {
    const seen = { keyId: KEY.keyId, endedAt: null, lastAdmitted: null, firstRefusedAt: null };
    const refused = { ...seen, firstRefusedAt: '2026-11-28T01:04:43.240Z' };
    const [stopped, early, late] = [KEY, seen, refused].map((body) => answer(200, JSON.stringify(body)));
    await to(stopped as Behaviour, stopped as Behaviour, early as Behaviour, late as Behaviour);
    expect((await keywright('keys', 'disable', KEY.keyId)).code).toBe(0);
    expect(hostile.requests).toHaveLength(1);
    // Elsewhere `script` takes other options.
    if (process.platform !== 'linux') return;
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, ...environment };
    const words = [
      '--quiet',
      '--return',
      '--command',
      `${process.execPath} ${cli} keys disable ${KEY.keyId}`,
    ];
    const child = spawn('script', [...words, '/dev/null'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).toMatch(
      /Disabled key_0123456789AB \(A\)\.[\s\S]*No call admitted, first refusal \S+:43\.2\./,
    );
    expect(hostile.requests).toHaveLength(4);
  });

  test('keep in a profile what is no address, issuer or tenant', async () => {
    await to();
    for (const [field, value] of [
      ...[
        ['url', 'not a url'] as const,
        ['url', 'ftp://x'] as const,
        ['url', 'http://keys.example.com/v1'] as const,
      ],
      ...[['issuer', 'id'] as const, ['tenant', 'bad id!'] as const],
    ]) {
      const { code, stderr } = await keywright('config', 'set', field, value);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/expected|https address/)]);
    }
    expect(existsSync(join(home, 'keywright'))).toBe(false);
    expect((await keywright('config', 'set', 'url', `${hostile.url}/v1/`)).code).toBe(0);
    expect((await keywright('config', 'get', 'url')).stdout).toBe(`${hostile.url}\n`);
    rmSync(join(home, 'keywright'), { recursive: true });
  });

  test('make a key that ends in seconds of a number without a unit', async () => {
    await to();
    const words = ['--name', 'A', '--type', 'secret', '--environment', 'live', '--role', 'reader'];
    const { code, stderr } = await keywright('keys', 'create', ...words, '--show-secret', '--expires', '10');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--expires: 10 has no unit; expected 10d')]);
    expect(hostile.requests).toEqual([]);
  });

  test('take a web page for an answer', async () => {
    const page = answer(200, '<!doctype html><p>Hello', { 'content-type': 'text/html; charset=utf-8' });
    await to(page, page);
    const { code, stdout, stderr } = await keywright('whoami');
    expect([code, stdout]).toEqual([8, '']);
    expect(stderr).toMatch(/^http:\S+ answered with a web page and is no Keywright/);
    await hostile.close();
    await to(answer(200, 'ok', { 'content-type': 'text/plain' }));
    const status = await keywright('status', '--json');
    expect([status.code, JSON.parse(status.stdout)]).toMatchObject([8, { reachable: false }]);
  });

  test('leave whoever reads JSON without a word of an address that does not answer', async () => {
    await to();
    environment = { ...environment, KEYWRIGHT_URL: 'http://127.0.0.1:1' };
    const { code, stdout } = await keywright('status', '--json');
    expect(code).toBe(8);
    expect(JSON.parse(stdout)).toEqual({
      ...{ url: 'http://127.0.0.1:1', reachable: false, milliseconds: null, skewSeconds: null },
      ...{ version: null, signedIn: true },
    });
  });

  test('send what a dry run of an import finds wrong, or a row of it', async () => {
    await to();
    const head = 'name,type,environment,role,key';
    const row = 'A,secret,live,reader,0123456789abcdef';
    const of = async (...lines: string[]) => {
      input = lines.join('\n');
      return keywright('keys', 'import', '-', '--format', 'csv', '--dry-run');
    };
    expect(await of(head, row)).toEqual({
      code: 0,
      stdout: '1 row, 0 invalid; nothing was sent\n',
      stderr: '',
    });
    const { code, stdout, stderr } = await of(
      ...[
        `${head},foo`,
        `${row},`,
        `${row},x`,
        ',secret,live,,0123456789abcdef,',
        'A,secret,live,reader,short,',
      ],
    );
    expect([code, stdout]).toEqual([9, '4 rows, 3 invalid; nothing was sent\n']);
    expect(stderr).toMatch(/^row 2: foo is not known here/);
    expect(stderr).toMatch(/\nrow 3: name: missing.*; role: missing/);
    expect(stderr).toMatch(/\nrow 4: key: expected 16 to 512 visible ASCII/);
    expect(stderr).not.toContain('short');
    for (const lines of [[], [head]])
      expect(await of(...lines)).toMatchObject({ code: 2, stderr: expect.stringContaining('has no rows') });
    input = '{"name":"A"}\nno JSON\n';
    const json = await keywright('keys', 'import', '-', '--format', 'jsonl', '--dry-run', '--json');
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([
      9,
      { rows: 2, invalid: [{ row: 1 }, { row: 2 }] },
    ]);
    input = 'productId,name,primary.key\nprod_1,Shop,0123456789abcdef\n';
    const shops = await keywright('subscriptions', 'import', '-', '--format', 'csv', '--dry-run');
    expect([shops.code, shops.stderr]).toEqual([
      9,
      expect.stringMatching(/^row 1: productId: expected prod_/),
    ]);
    expect(hostile.requests).toEqual([]);
  });

  test('let whoever tampered with the log write its verdict', async () => {
    const message = 'record x\u001b[2K\nsound: 45 records was changed';
    const tampering = [{ kind: 'changed', seq: 1, eventId: 'x', message }];
    const verified = { checked: 1, tampering, missing: [], underWay: [], unproven: 0, head: null };
    await to(answer(200, JSON.stringify({ ...verified, anchors: null, lock: null, nextCursor: null })));
    const { code, stdout } = await keywright('audit', 'verify', '--tenant', 'tenant_acme');
    expect([code, stdout]).toEqual([
      1,
      'record x\uFFFD[2K\uFFFDsound: 45 records was changed\nNOT SOUND: no records\n',
    ]);
  });

  test('take away what a file leaves out of a role, or what somebody changed meanwhile', async () => {
    const role = { role: 'ci', permissions: ['*:*'], description: 'What CI needs' };
    await to(
      answer(200, JSON.stringify({ items: [role], nextCursor: null })),
      answer(200, JSON.stringify(role), { etag: '"7"' }),
      answer(200, JSON.stringify(role)),
    );
    input = 'tenants: { tenant_acme: { roles: { ci: { permissions: [orders:read] } } } }';
    expect(await keywright('apply', '-f', '-', '--yes')).toMatchObject({ code: 0 });
    const { headers, body } = hostile.requests.at(-1) as HostileServer['requests'][number];
    expect(headers['if-match']).toBe('"7"');
    expect(JSON.parse(body)).toEqual({ permissions: ['orders:read'], description: 'What CI needs' });
  });

  test('invite by a file where the link would be lost', async () => {
    const none = answer(200, '{"items":[],"nextCursor":null}');
    const made = { invitation: { invitationId: 'inv_1' }, link: '/invitations#token=t' };
    await to(none, none, none, none, answer(201, JSON.stringify(made)));
    input = 'tenants: { tenant_acme: { members: { grace@example.com: developer } } }';
    expect(await keywright('apply', '-f', '-', '--yes')).toMatchObject({ code: 2 });
    const { code, stdout } = await keywright('apply', '-f', '-', '--yes', '--show-secret');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${hostile.url}/invitations#token=t\n`)]);
    expect(hostile.requests).toHaveLength(5);
  });
});

describe('keywright audit', () => {
  let dynamodb: TestDynamoDb;
  let api: ManagementServer;
  let management: TestManagement;
  const events = Array.from({ length: 45 }, (_, index): AuditEvent => {
    const time = new Date(Date.parse('2026-09-01T00:00:00.000Z') + index * 2 * 86_400_000);
    return {
      id: eventId(time, randomBytes),
      version: 1,
      type: 'apiKey.revoked',
      time: time.toISOString(),
      tenantId: 'tenant_acme',
      actor: { type: 'admin', id: 'person-admin' },
      subject: { type: 'apiKey', id: 'key_0123456789AB' },
      data: { reason: null },
      requestId: `request-${index}`,
    };
  });

  beforeAll(async () => {
    dynamodb = await startDynamoDb();
    const { head } = await auditLog(dynamodb.audit).append('tenant_acme', events);
    management = new TestManagement(dynamodb);
    management.anchors.now = () => management.clock;
    await management.anchors.write('tenant_acme', head as Head);
    api = await startManagementServer(management, (token) => (token === 'token-1' ? ADMIN : undefined));
    environment = { KEYWRIGHT_URL: api.url, KEYWRIGHT_TOKEN: 'token-1' };
  });
  afterAll(async () => {
    environment = {};
    await api.close();
    await dynamodb.close();
  });

  test('verify --complete names changes whose events never came, and tells apart those that may be on their way', async () => {
    const clock = management.clock;
    const body = { name: 'Api', environment: 'live', scheme: 'tenant', routes: [] };
    const { apiId } = (await management.call('POST /v1/apis', { body })).body;
    const young = await keywright('audit', 'verify', '--complete');
    expect([young.code, young.stdout]).toEqual([
      2,
      expect.stringContaining(`NOT PROVEN: the event of revision 1 of ${apiId} is not in the audit log yet`),
    ]);
    management.clock = new Date(clock.getTime() + 3_600_000);
    const lost = await keywright('audit', 'verify', '--complete');
    expect([lost.code, lost.stdout]).toEqual([1, expect.stringContaining('NOT SOUND')]);
    expect(lost.stdout).toContain(`the event of revision 1 of ${apiId} is missing from the audit log`);
    expect((await keywright('audit', 'verify')).code).toBe(0);
    const { code, stdout } = await keywright('audit', 'verify', '--complete', '--json');
    expect([code, JSON.parse(stdout).missing]).toMatchObject([1, [{ item: apiId, revision: 1 }]]);
    management.clock = clock;
  });

  test('export writes every record of a range longer than a request may have, newest first', async () => {
    const { code, stdout } = await keywright(
      ...['audit', 'export', '--from', '2026-09-01T00:00:00Z', '--to', '2026-12-01T00:00:00Z'],
    );
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(lines).toEqual(events.map(({ id }) => id).reverse());
  });

  test('verify gives the head, and finds by the exit code and in words what was done to a record', async () => {
    const sound = await keywright('audit', 'verify', '--tenant', 'tenant_acme');
    expect(sound).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^sound: 45 records, head (45:[0-9a-f]{64})\nheld against 1 signed head in memory, the newest \1 of 2026-11-2\d \d\d:00:00\.000 \S+\n$/,
      ),
    });
    const head = /head (\S+)/.exec(sound.stdout)?.[1] ?? '';
    const victim = events[29] as AuditEvent;
    const { pk, sk } = itemKey.audit(victim);
    const { client, name } = dynamodb.audit;
    await client.send(new DeleteCommand({ TableName: name, Key: { pk, sk } }));
    const found = await keywright('audit', 'verify', '--tenant', 'tenant_acme', '--head', head, '--json');
    expect(found.code).toBe(1);
    expect(JSON.parse(found.stdout)).toMatchObject({
      checked: 45,
      tampering: [{ kind: 'missing', seq: 30, eventId: victim.id }],
      head: { seq: 45 },
    });
    expect((await keywright('audit', 'verify', '--tenant', 'tenant_acme')).stdout).toContain(
      `record 30 (${victim.id}) was removed\nNOT SOUND`,
    );
  });

  test('verify exits with 2 and says why where nothing proves that the end was not cut off', async () => {
    const { lines } = management.anchors;
    await auditLog(dynamodb.audit).append(
      'tenant_beta',
      events.map((event) => ({ ...event, tenantId: 'tenant_beta' })),
    );
    const unsigned = await keywright('audit', 'verify', '--tenant', 'tenant_beta');
    expect(unsigned.code).toBe(2);
    expect(unsigned.stdout).toMatch(
      /^sound: [^\n]+\nno signed head in memory\nNOT PROVEN: the newest 45 records/,
    );
    const head = /head (\S+)/.exec(unsigned.stdout)?.[1] ?? '';
    expect(await keywright('audit', 'verify', '--tenant', 'tenant_beta', '--head', head)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`held against the head that you gave, ${head}`),
    });
    management.anchors.failure = new Error('CloudWatch Logs is away');
    const unread = await keywright('audit', 'verify', '--tenant', 'tenant_beta', '--head', head);
    management.anchors.failure = undefined;
    expect(unread).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('could not be read: CloudWatch'),
    });
    lines.set('tenant_beta', [{ message: '{}', cameAt: 0 }]);
    const forged = await keywright('audit', 'verify', '--tenant', 'tenant_beta');
    expect(forged).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/signed by nobody[^\n]+\nNOT SOUND/),
    });
  });

  test('verify tells of a policy that was taken off the table: 1 where it was, 2 where nobody can say', async () => {
    const { lock } = management;
    management.lock = { state: 'changed', differences: ['the statement NobodyChangesOrDeletes is missing'] };
    const changed = await keywright('audit', 'verify', '--tenant', 'tenant_gamma');
    expect(changed).toMatchObject({ code: 1, stdout: expect.stringMatching(/^sound: .*\n/) });
    expect(changed.stdout).toContain('NOT LOCKED: the statement NobodyChangesOrDeletes is missing\n');
    management.lock = { state: 'unreadable', differences: ['the policy could not be read: AccessDenied'] };
    const unread = await keywright('audit', 'verify', '--tenant', 'tenant_gamma');
    expect(unread.code).toBe(2);
    expect(unread.stdout).toContain('NOT PROVEN: the policy could not be read');
    management.lock = lock;
    expect((await keywright('audit', 'verify', '--tenant', 'tenant_gamma')).code).toBe(0);
  });

  test('what can not be asked says why, and exits by what it is', async () => {
    const refused = await keywright('audit', 'verify', '--tenant', 'acme');
    expect(refused).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/answered 400: .*tenant_/),
    });
    environment = { ...environment, KEYWRIGHT_TOKEN: 'other' };
    expect(await keywright('audit', 'export')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('401'),
    });
    environment = { KEYWRIGHT_URL: 'http://127.0.0.1:1', KEYWRIGHT_TOKEN: 'token-1' };
    expect(await keywright('audit', 'verify')).toMatchObject({ code: 8 });
    environment = {};
    expect(await keywright('audit', 'verify')).toMatchObject({ code: 3 });
  });
});

describe('keywright apply', () => {
  let dynamodb: TestDynamoDb;
  let api: ManagementServer;
  let management: TestManagement;
  beforeAll(async () => {
    dynamodb = await startDynamoDb();
    management = new TestManagement(dynamodb);
    api = await startManagementServer(management, (token) => (token === 'token-1' ? ADMIN : undefined));
    environment = { KEYWRIGHT_URL: api.url, KEYWRIGHT_TOKEN: 'token-1' };
    await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_acme', name: 'Acme' } });
  });
  afterAll(async () => {
    environment = {};
    await api.close();
    await dynamodb.close();
  });

  const listed = async (what: string) => (await management.call(`GET /v1/${what}`)).body.items;

  test('what the API would refuse is refused whole, by diff and apply alike, before anything is changed', async () => {
    const before = await listed('apis');
    input = `
apis:
  - { name: a, environment: live, scheme: tenant }
  - { name: b, environment: live, scheme: tenant, foo: 1 }
products: [{ name: P, apis: [], apps: [a/live] }]
tenants: { tenant_acme: { roles: { ci: { permissions: [notaperm] }, CI: { permissions: [] } } } }
`;
    for (const words of [['diff'], ['apply', '--yes'], ['apply', '--dry-run']]) {
      const { code, stdout, stderr } = await keywright(...words, '-f', '-');
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('nothing was changed');
      expect(stderr).toContain('api b/live: foo is not known here');
      expect(stderr).toContain('product P: apps is not known here');
      expect(stderr).toContain('product P: apis: expected at least 1 items');
      expect(stderr).toContain('role tenant_acme/ci: permissions.0: expected resource:action');
      expect(stderr).toContain('role tenant_acme/CI: expected a letter a-z');
    }
    expect(await listed('apis')).toEqual(before);
  });

  test('a name that several APIs have is refused with their ids, and one that none has is named', async () => {
    const body = { name: 'twin', environment: 'sandbox', scheme: 'subscription', routes: [] };
    const ids = [];
    for (const _ of [1, 2]) ids.push((await management.call('POST /v1/apis', { body })).body.apiId);
    await dynamodb.settle();
    input = 'products: [{ name: Twins, apis: [twin/sandbox] }]';
    for (const file of [input, 'apis: [{ name: twin, environment: sandbox, scheme: subscription }]']) {
      input = file;
      const { code, stderr } = await keywright('diff', '-f', '-');
      expect([code, stderr]).toEqual([2, expect.stringMatching(/Several .* called twin\/sandbox/)]);
      for (const id of ids) expect(stderr).toContain(id);
    }
    input = 'products: [{ name: Twins, apis: [none/sandbox] }]';
    expect(await keywright('diff', '-f', '-')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no API none/sandbox'),
    });
    // By an id it is one of them, once and for all.
    input = `products: [{ name: Twins, apis: [${ids[0]}] }]`;
    expect((await keywright('apply', '-f', '-', '--yes')).code).toBe(0);
    await dynamodb.settle();
    expect((await keywright('diff', '-f', '-')).code).toBe(0);
  });

  test('a change that is refused stops none of the others, and is told at the end with 9', async () => {
    const api = 'environment: sandbox, scheme: subscription, routes: []';
    input = `
apis: [{ name: left, ${api} }, { name: right, environment: live, scheme: subscription, routes: [] }]
products: [{ name: Mixed, apis: [left/sandbox, right/live] }, { name: Whole, apis: [left/sandbox] }]
`;
    const { code, stderr } = await keywright('apply', '-f', '-', '--yes');
    expect([code, stderr]).toEqual([9, expect.stringContaining('1 of 4 changes not made:\nproduct Mixed: ')]);
    await dynamodb.settle();
    expect((await listed('products')).map(({ name }: { name: string }) => name)).toContain('Whole');
    expect(await keywright('apply', '-f', '-', '--yes')).toMatchObject({ code: 2 });
  });

  test('done twice has nothing left to do, and what somebody changes by hand is shown and taken back', async () => {
    input = 'tenants: { tenant_acme: { roles: { ci: { permissions: [orders:read] } } } }';
    expect((await keywright('apply', '-f', '-', '--yes')).code).toBe(0);
    expect(await keywright('diff', '-f', '-')).toMatchObject({ code: 0, stdout: '' });
    expect(await keywright('apply', '-f', '-', '--yes')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('Nothing to change.'),
    });
    const role = 'PUT /v1/tenants/tenant_acme/roles/ci';
    expect((await management.call(role, { body: { permissions: ['*:*'] } })).status).toBe(200);
    const drift = await keywright('diff', '-f', '-');
    expect(drift).toMatchObject({ code: 1, stdout: expect.stringContaining('["*:*"] → ["orders:read"]') });
    expect((await keywright('apply', '-f', '-', '--yes')).code).toBe(0);
    expect((await keywright('diff', '-f', '-')).code).toBe(0);
    const { body } = await management.call('GET /v1/tenants/tenant_acme/roles');
    expect(body.items.find((each: { role: string }) => each.role === 'ci').permissions).toEqual([
      'orders:read',
    ]);
  });
});
