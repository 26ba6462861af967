import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signAccessToken } from '../../local/identity/access-token.ts';
import { readPeople } from '../../local/identity/people.ts';
import { readSigningKeys } from '../../local/identity/signing-keys.ts';
import { KeptAssembly } from './kept-assembly.ts';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const READY = 'Keywright is ready';

/** How a process of `npm start` ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start` as a process of its own, as a person would have it, with its data in `dataDir`. */
export class LocalServer {
  readonly dataDir: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ending>;
  readonly #kept: KeptAssembly | undefined;
  #stdout = '';
  #stderr = '';

  /** @param project the folder that it is started in, a copy of this one perhaps */
  constructor(
    dataDir: string,
    port: number,
    variables: NodeJS.ProcessEnv = {},
    project = PROJECT,
    options: readonly string[] = [],
  ) {
    this.dataDir = dataDir;
    this.port = port;
    if (project === PROJECT) this.#kept = new KeptAssembly(dataDir, [port, ...options]);
    this.#child = spawn(process.execPath, ['local/launch.js', 'start', ...options], {
      cwd: project,
      env: { ...this.variables(), ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk;
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk;
    });
    this.#ended = once(this.#child, 'close').then(([code, signal]) => ({
      code,
      signal,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  /** Starts a server and waits until it says that it is ready. */
  static async ready(dataDir: string, port: number): Promise<LocalServer> {
    const server = new LocalServer(dataDir, port);
    await server.ready();
    return server;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get managementUrl(): string {
    return `http://localhost:${this.port}`;
  }

  /** Of the portals and the management API, of who signs people in, and of the protected APIs. */
  get origins(): readonly string[] {
    return [0, 1, 2].map((after) => `http://localhost:${this.port + after}`);
  }

  /** The environment in which commands of the project mean this server. */
  variables(): NodeJS.ProcessEnv {
    const own = { PORT: String(this.port), KEYWRIGHT_DATA_DIR: this.dataDir };
    // A call that AWS would refuse a function is refused here as well.
    return { KEYWRIGHT_IAM: 'enforce', ...process.env, ...own };
  }

  /** What it has printed, once it is ready; fails with what it said when it ends before. */
  async ready(): Promise<string> {
    const { stdout } = this.#child;
    while (!this.#stdout.includes(READY)) {
      const next = stdout === null ? this.#ended : once(stdout, 'data');
      const ending = await Promise.race([next.then(() => undefined), this.#ended]);
      if (ending !== undefined) throw new Error(`npm start ended with ${ending.code}: ${ending.stderr}`);
    }
    // The banner is written in one piece, but may arrive in several.
    await new Promise(setImmediate);
    this.#kept?.keep();
    return this.#stdout;
  }

  /** What it has printed so far. */
  output(): string {
    return this.#stdout + this.#stderr;
  }

  /** Waits for its end, after sending it a signal where one is given. */
  async end(signal?: NodeJS.Signals): Promise<Ending> {
    if (signal !== undefined) this.#child.kill(signal);
    return this.#ended;
  }

  /** An access token for a seeded person, as `npm run token` prints it. */
  async token(email: string): Promise<string> {
    const person = readPeople(this.dataDir)?.find((candidate) => candidate.email === email);
    const keys = readSigningKeys(this.dataDir);
    if (person === undefined || keys === undefined) throw new Error(`${email} is not seeded`);
    return signAccessToken({
      person,
      keys,
      issuer: `http://localhost:${this.port + 1}`,
      now: new Date(),
    });
  }

  demoKey(name: string): { keyId: string; secret: string } {
    const { keys } = JSON.parse(readFileSync(join(this.dataDir, 'demo.json'), 'utf8'));
    return keys[name];
  }
}
