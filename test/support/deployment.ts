import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../emulator/listen.ts';
import { iamFindings } from './independent-judge.ts';
import { LocalServer } from './local-server.ts';

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

/** The program of `npm start`, in a process of its own; closing it fails if its functions asked for what AWS denies. */
export interface LocalDeployment extends Deployment {
  readonly dataDir: string;
  readonly managementUrl: string;
  /** Issuer of access tokens, to people and programs. */
  readonly issuer: string;
  /** Of the process. */
  readonly pid: number | undefined;
  /** Where a protected API's environment is; a path follows. */
  addressOf(api: string, environment: string): string;
  /** What the process has printed. */
  output(): string;
  /** What its functions have logged as a warning or an error, a line each. */
  warnings(): Promise<readonly string[]>;
  /** Ends the process, keeping its data. */
  stop(): Promise<void>;
}

/** Starts it on a data folder and ports of its own. */
export async function startDeployment(): Promise<LocalDeployment> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywright-e2e-'));
  const server = await LocalServer.ready(dataDir, await freePorts());
  const stop = async () => void (await server.end('SIGTERM'));
  const addressOf = (api: string, name: string) => `http://localhost:${server.port + 2}/${api}/${name}`;
  return {
    ...callersOf({
      managementUrl: server.managementUrl,
      stageUrl: addressOf,
      tokenOf: (email) => server.token(email),
    }),
    dataDir,
    managementUrl: server.managementUrl,
    pid: server.pid,
    addressOf,
    issuer: `http://localhost:${server.port + 1}`,
    output: () => server.output(),
    warnings: () => warningsIn(join(dataDir, 'logs')),
    stop,
    async close() {
      await stop();
      const findings = await iamFindings(dataDir);
      await rm(dataDir, { recursive: true });
      // Whatever the tests saw: what AWS would have denied makes them fail.
      if (findings.length > 0) throw new Error(`IAM: ${findings.join('\n')}`);
    },
  };
}

async function warningsIn(folder: string): Promise<readonly string[]> {
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  return texts.flatMap((text) => text.split('\n').filter((line) => /"level":"(WARN|ERROR)"/.test(line)));
}
