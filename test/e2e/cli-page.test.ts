import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { NOUNS } from '../../bin/command/nouns.ts';
import { startDynamoDb } from '../support/dynamodb.ts';
import { findingOf, raiseAlert } from '../support/finding.ts';
import { answer, startHostileServer } from '../support/hostile-server.ts';
import { PROJECT } from '../support/local-server.ts';
import { ADMIN, SECOND_ADMIN, TestManagement } from '../support/management.ts';
import { startManagementServer } from '../support/management-server.ts';

const PAGE = readFileSync(join(PROJECT, 'docs/use/cli.md'), 'utf8');
const COMMANDS = [...PAGE.matchAll(/```console\n([\s\S]+?)```/g)].flatMap(([, block = '']) =>
  block
    .split(/^\$ /m)
    .filter(Boolean)
    .map((text) => {
      const [, command = '', code = '0'] = /^([\s\S]*?)(?: # exits with (\d+))?\n?$/.exec(text) ?? [];
      return { command: command.trimEnd(), code: Number(code) };
    }),
);
const ESCAPE = '\u001b';
const ISO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d/;

const claimsOf = (sub: string) => ({
  ...{ sub, email: `${sub}@example.com`, email_verified: 'true', amr: '[mfa]' },
});

/** Somebody who was invited and accepted. */
async function makeMember(management: TestManagement, sub: string): Promise<void> {
  const claims = claimsOf(sub);
  const { body } = await management.call('POST /v1/tenants/tenant_acme/invitations', {
    body: { email: claims.email, role: 'developer' },
  });
  await management.call('POST /v1/invitations/accept', { claims, body: { token: body.token } });
}

async function signUp(management: TestManagement, sub: string): Promise<void> {
  const body = { company: 'Acme', use: 'The checkout of the web shop' };
  const { status } = await management.call('POST /v1/sign-ups', { claims: claimsOf(sub), body });
  expect(status).toBe(201);
}

/** Where a page's commands run, one after the other, with `keywright` as the shell finds it. */
async function session(isTerminal: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-page-'));
  const dynamodb = await startDynamoDb();
  const management = new TestManagement(dynamodb, { signUpRule: { mode: 'request', domains: {} } });
  Object.defineProperty(management, 'clock', { get: () => new Date() });
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_acme', name: 'Acme' } });
  const people = new Map([
    ['token-1', ADMIN],
    ['token-2', SECOND_ADMIN],
    ['token-3', claimsOf('alan')],
  ]);
  const server = await startManagementServer(management, (token) => people.get(token));
  for (const sub of ['ada', 'alan']) await makeMember(management, sub);
  for (const sub of ['edsger', 'barbara']) await signUp(management, sub);
  const key = { type: 'apiKey', id: 'key_000000000001' } as const;
  const occurrence = new Date().toISOString().slice(0, 10);
  await raiseAlert(
    dynamodb.main,
    findingOf({ kind: 'keyAuthFailures', subject: key, occurrence }),
    new Date(),
  );
  const orders = await startHostileServer(answer(200, '[]'));
  const cli = [process.execPath, '--disable-warning=ExperimentalWarning', join(PROJECT, 'bin/cli.ts')];
  writeFileSync(join(folder, 'keywright'), `#!/bin/sh\nexec ${cli.join(' ')} "$@"\n`, { mode: 0o755 });
  const env = {
    ...{
      PATH: `${folder}:${process.env.PATH}`,
      HOME: folder,
      XDG_CONFIG_HOME: join(folder, '.config'),
      TERM: 'xterm',
      TZ: 'UTC',
    },
    ...{
      KEYWRIGHT_URL: server.url,
      KEYWRIGHT_TOKEN: 'token-1',
      ...{ SECOND_TOKEN: 'token-2', MEMBER_TOKEN: 'token-3' },
      KEYWRIGHT_NO_KEYCHAIN: '1',
      ORDERS_URL: orders.url,
      ...{ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-central-1' },
    },
  };
  const run = (command: string) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const [file, words] = isTerminal
        ? [
            'script',
            [
              '--quiet',
              '--return',
              '--command',
              `bash -c '${command.replaceAll("'", "'\\''")}'`,
              '/dev/null',
            ],
          ]
        : ['bash', ['-c', command]];
      const child = execFile(file, words as string[], { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
      child.stdin?.end();
    });
  const close = async () => {
    await server.close();
    await orders.close();
    await dynamodb.close();
    rmSync(folder, { recursive: true });
  };
  return { run, folder, management, close };
}

/** What is tried elsewhere, since a page's lines have no browser and no publisher, and do not wait for Ctrl-C. */
const ELSEWHERE = ['login', 'logout', 'open', 'audit tail', 'audit verify'];

test('every command there is has a line of the page that runs it', async () => {
  const lines = COMMANDS.map(({ command }) => command).join('\n');
  const missing: string[] = [];
  for (const noun of NOUNS)
    for (const { name, isHidden } of await noun.load()) {
      const command = `${noun.name} ${name}`.trim();
      if (!isHidden && !new RegExp(`keywright ${command}(?![\\w-])`).test(lines)) missing.push(command);
    }
  expect(missing.sort()).toEqual([...ELSEWHERE].sort());
});

test.each([
  ['on a terminal', true],
  ['in a pipe', false],
])(
  'every command of the page does what it says, %s',
  async (_, isTerminal) => {
    const { run, folder, close } = await session(isTerminal);
    const transcript: string[] = [];
    try {
      for (const { command, code } of COMMANDS) {
        const ended = await run(command);
        transcript.push(`$ ${command}\n${ended.stdout}${ended.stderr}`);
        const said = ended.stdout + ended.stderr;
        expect([command, said, ended.code]).toEqual([command, said, code]);
        if (!isTerminal) expect(ended.stdout).not.toContain(ESCAPE);
        // Times are ISO 8601 in JSON alone.
        if (!/--json|audit export|openapi get/.test(command))
          expect([command, ISO_TIME.exec(said)?.[0]]).toEqual([command, undefined]);
      }
      const [first, second] = ['ci.key', 'ci-2.key'].map((name) =>
        readFileSync(join(folder, name), 'utf8').trim(),
      );
      expect([first, second].map((key) => key?.slice(0, 7))).toEqual(['sk_dev_', 'sk_dev_']);
      expect(statSync(join(folder, 'ci.key')).mode & 0o777).toBe(0o600);
      // What went into a file was printed nowhere.
      for (const key of [first, second]) expect(transcript.join('\n')).not.toContain(key);
    } finally {
      if (process.env.KEYWRIGHT_TRANSCRIPT)
        writeFileSync(process.env.KEYWRIGHT_TRANSCRIPT + isTerminal, transcript.join('\n'));
      await close();
    }
  },
  600_000,
);
