import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const READY = /is ready after/;
const run = promisify(execFile);

/** An answer as a caller sees it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `text` as JSON. */
  json<T = Record<string, unknown>>(): T;
}

/** Keywright running somewhere, with the demonstration's APIs and people. */
export interface Deployment extends Callers {
  /** Ends everything and removes its data. */
  close(): Promise<void>;
}

/** People and programs who call a deployment. */
export interface Callers {
  /** Calls a protected API of the demonstration. `path` begins behind the environment. */
  call(api: string, environment: string, request: RequestInit & { path?: string }): Promise<Answer>;
  /** Calls the management API as a person, an admin unless another is named. */
  manage(
    method: string,
    path: string,
    body?: object,
    options?: { as?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
  /** Every answer that was given so far, of both APIs. */
  readonly answers: readonly Answer[];
}

/** Callers of a deployment that is reached at these addresses, which end without a slash. */
export function callersOf(at: {
  managementUrl: string;
  stageUrl: (api: string, environment: string) => string;
  tokenOf: (email: string) => Promise<string>;
}): Callers {
  const answers: Answer[] = [];
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (email: string) => {
    const token = tokens.get(email) ?? at.tokenOf(email);
    tokens.set(email, token);
    return token;
  };
  const send = async (url: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url, init);
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
    answers.push(answer);
    return answer;
  };
  return {
    answers,
    call: (api, environment, { path = '/v1/orders', ...init }) =>
      send(at.stageUrl(api, environment) + path, init),
    manage: async (method, path, body, { as = 'admin@keywright.test', headers = {} } = {}) =>
      send(`${at.managementUrl}/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await tokenOf(as)}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}

/** The program of `npm start`, in a process of its own. */
export interface LocalDeployment extends Deployment {
  readonly dataDir: string;
  /** What the process has printed. */
  output(): string;
  /** Ends the process, keeping its data. */
  stop(): Promise<void>;
}

/** Starts `npm start`'s program on a data folder of its own. */
export async function startDeployment(): Promise<LocalDeployment> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywright-e2e-'));
  const port = await freePorts();
  const environment = { ...process.env, KEYWRIGHT_DATA_DIR: dataDir, PORT: `${port}`, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [join(ROOT, 'local/start.ts')], { env: environment });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (printed += text));
  await ready(child, () => printed);

  const tokenOf = async (email: string) => {
    const { stdout } = await run(process.execPath, [join(ROOT, 'local/token.ts'), email], {
      env: environment,
    });
    return stdout.trim();
  };
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return {
    ...callersOf({
      managementUrl: `http://localhost:${port}`,
      stageUrl: (api, name) => `http://localhost:${port + 2}/${api}/${name}`,
      tokenOf,
    }),
    dataDir,
    output: () => printed,
    stop,
    async close() {
      await stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** Three free ports in a row, as Keywright takes them. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all([first, first + 1, first + 2].map(isFree));
    if (free.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function ready(child: ChildProcess, printed: () => string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => READY.test(printed()) && resolve());
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${printed()}`)));
  });
}
