import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { close, listen } from '../../emulator/listen.ts';

const PROGRAM = fileURLToPath(new URL('ministack-with-cookies.py', import.meta.url));
const INSTALL = 'pip install -r test/ministack/requirements.txt';

type EnvironmentVariable = 'AWS_ENDPOINT_URL' | 'AWS_REGION' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY';

/** Whether there is one to be started; says on stderr what is missing. */
export function hasMiniStack(): boolean {
  const { status } = spawnSync('python3', [
    '-c',
    'import importlib.util as i; exit(i.find_spec("ministack") is None)',
  ]);
  if (status !== 0)
    process.stderr.write(`There is no MiniStack, so nothing is deployed into it: ${INSTALL}\n`);
  return status === 0;
}

/** MiniStack in a process of its own, an account's services in one Region on one port. */
export interface MiniStack {
  readonly url: string;
  readonly accountId: string;
  readonly region: string;
  /** What an SDK or the CDK's command line finds it by; the credentials are its root user's. */
  readonly environment: Readonly<Record<EnvironmentVariable, string>>;
  stop(): Promise<void>;
}

/**
 * Starts the MiniStack of the Python on PATH, with its files below `folder` and IAM enforced: signatures are verified
 * and every call is held against the caller's policies.
 * @throws Error saying how to install it where there is none
 */
export async function startMiniStack(folder: string): Promise<MiniStack> {
  const port = await freePort();
  const accountId = '000000000000';
  const region = 'eu-central-1';
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const child = spawn('python3', [PROGRAM], {
    cwd: folder,
    env: {
      // Functions run as `node` processes: the one that runs this.
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: folder,
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: `${port}`,
      MINISTACK_REGION: region,
      SFTP_ENABLED: '0',
      STATE_DIR: join(folder, 'state'),
      TMPDIR: temporary,
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (printed += text));
  await ready(child, () => printed);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    accountId,
    region,
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accountId,
      AWS_SECRET_ACCESS_KEY: 'root',
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await close(server);
  return port;
}

async function ready(child: ChildProcess, printed: () => string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new Error(`ministack can't be started; expected Python on PATH: ${INSTALL}`, { cause })),
    );
    child.once('exit', (code) =>
      reject(new Error(`ministack ended with ${code} (${INSTALL}):\n${printed()}`)),
    );
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', () => /Running on http/.test(printed()) && resolve());
  });
}
