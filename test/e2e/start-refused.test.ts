import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lockDataFolder } from '../../emulator/data-folder.ts';
import { close, freePorts, listen } from '../../emulator/listen.ts';
import { seedPeople } from '../../local/identity/people.ts';
import { seedSigningKeys } from '../../local/identity/signing-keys.ts';
import { LocalServer, PROJECT } from '../support/local-server.ts';

let folder: string;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-start-'));
  port = await freePorts();
});

afterAll(() => rmSync(folder, { recursive: true }));

const dataDir = (name: string) => join(folder, name);

/** Starts, expecting it not to; what it said. */
async function refusal(server: LocalServer): Promise<string> {
  const { code, stdout, stderr } = await server.end();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  return stderr;
}

describe('npm start says in one sentence', () => {
  test.each([0, 1, 2])('that port PORT+%i is in use', async (offset) => {
    const other = createServer();
    await listen(other, port + offset);
    const said = await refusal(new LocalServer(dataDir('ports'), port));
    await close(other);
    expect(said).toContain(`Port ${port + offset} is in use`);
    expect(said).toContain('PORT');
  });

  test('that PORT is no port', async () => {
    expect(await refusal(new LocalServer(dataDir('ports'), port, { PORT: '65535' }))).toContain(
      'PORT is "65535"',
    );
    expect(await refusal(new LocalServer(dataDir('ports'), port, { PORT: 'http' }))).toContain(
      'PORT is "http"',
    );
  });

  test('that another server uses the data folder', async () => {
    const lock = lockDataFolder(dataDir('used'));
    const said = await refusal(new LocalServer(dataDir('used'), port));
    lock.close();
    expect(said).toContain(`Another Keywright uses the data folder ${dataDir('used')}`);
  });

  test('that the data folder is no folder', async () => {
    writeFileSync(dataDir('file'), '');
    expect(await refusal(new LocalServer(dataDir('file'), port))).toContain("can't be used");
  });

  test.each(['identity/people.json', 'identity/keys.json', 'aws/secrets.json', 'aws/dynamodb/CURRENT'])(
    'that %s is damaged',
    async (name) => {
      const damaged = dataDir(`damaged-${name.replaceAll(/\W/g, '-')}`);
      lockDataFolder(damaged).close();
      await Promise.all([seedPeople(damaged), seedSigningKeys(damaged)]);
      mkdirSync(join(damaged, 'aws', 'dynamodb'), { recursive: true });
      writeFileSync(join(damaged, name), 'damage');
      const said = await refusal(new LocalServer(damaged, port));
      expect(said).toContain('is damaged');
      expect(said).toContain(damaged);
    },
  );

  test('that this Node is too old', async () => {
    const older = "Object.defineProperty(process.versions, 'node', { value: '22.1.0' })";
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(older)}`;
    expect(await refusal(new LocalServer(dataDir('old'), port, { NODE_OPTIONS }))).toContain('Node 24');
  });
});

describe('the data folder', () => {
  test('is open to its owner only', () => {
    lockDataFolder(dataDir('private')).close();
    expect(statSync(dataDir('private')).mode & 0o777).toBe(0o700);
  });

  test('can be locked again when the process that locked it was killed', async () => {
    const path = dataDir('killed');
    const script = `
      import { lockDataFolder } from ${JSON.stringify(join(PROJECT, 'emulator/data-folder.ts'))};
      lockDataFolder(${JSON.stringify(path)});
      process.kill(process.pid, 'SIGKILL');
    `;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    await expect(run).rejects.toMatchObject({ signal: 'SIGKILL' });
    lockDataFolder(path).close();
  });
});

describe('npm run token', () => {
  const token = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['local/launch.js', 'token', ...args], {
      cwd: PROJECT,
      env: { ...process.env, PORT: String(port), KEYWRIGHT_DATA_DIR: dataDir('tokens') },
    });

  test('says what to do before the first start', async () => {
    await expect(token('admin@keywright.test')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^\S+ holds no people yet; run `npm start` once[^\n]*\n$/),
    });
  });

  test('lists the people when it does not know one', async () => {
    await Promise.all([seedPeople(dataDir('tokens')), seedSigningKeys(dataDir('tokens'))]);
    await expect(token('nobody@keywright.test')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(
        'admin@keywright.test, second-admin@keywright.test, developer@keywright.test, auditor@keywright.test, newcomer@keywright.test',
      ),
    });
    expect((await token('auditor@keywright.test')).stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  });
});
