import {
  type Credentials,
  type KeywrightClient,
  keywrightClient,
  type Schemas,
} from '../../client/keywright-client.ts';
import { isBearerToken, NO_TOKEN } from '../../client/sending.ts';
import { addressOf, withoutPage } from './address.ts';
import { EXIT, Exit, usage } from './exit.ts';
import { localTime } from './format.ts';
import { Output, type OutputOptions } from './output.ts';
import { type Config, type Profile, readConfig } from './profile.ts';
import { TokenStore } from './token-store.ts';

/** Options that every command takes. */
export interface CommonOptions extends OutputOptions {
  readonly profile?: string;
  readonly url?: string;
  readonly token?: string;
  readonly iam?: boolean;
  readonly input?: boolean;
  readonly verbose?: boolean;
  readonly tenant?: string;
  readonly yes?: boolean;
  readonly confirm?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: each command knows its own options, as commander parsed them
export type Options = CommonOptions & Readonly<Record<string, any>>;

/** A token is refreshed this long before it ends. */
const SPARE_MILLISECONDS = 60_000;

/** One run of the command: who calls where, what was given, and where answers go. */
export class Run {
  readonly args: readonly string[];
  readonly options: Options;
  readonly out: Output;
  readonly config: Config;
  readonly profileName: string;
  readonly profile: Profile;
  readonly tokens: TokenStore;
  readonly now = () => new Date();
  #api: KeywrightClient | undefined;

  constructor(args: readonly (string | undefined)[], options: Options) {
    this.args = args.map((each) => each ?? '');
    this.options = options;
    this.out = new Output(options);
    this.config = readConfig();
    this.profileName = options.profile ?? this.config.profile;
    this.profile = this.config.profiles[this.profileName] ?? {};
    this.tokens = new TokenStore(this.profileName, (text) => this.out.warn(text));
  }

  /** The argument at a place; '' where it was left out. */
  arg(index: number): string {
    return this.args[index] ?? '';
  }

  get mayAsk(): boolean {
    return this.options.input !== false && process.stdin.isTTY === true && this.out.isTerminal;
  }

  get url(): string {
    const url = this.options.url ?? this.profile.url;
    if (url === undefined)
      throw new Exit(
        EXIT.signedOut,
        'Where is Keywright? keywright login https://keys.example.com, or give KEYWRIGHT_URL',
      );
    return addressOf(url);
  }

  get api(): KeywrightClient {
    this.#api ??= this.client(
      this.options.iam ? { sign: (request) => this.#signed(request) } : { token: () => this.#token() },
    );
    return this.#api;
  }

  client(credentials: Credentials | undefined, url = this.url): KeywrightClient {
    return keywrightClient({
      url,
      credentials,
      fetch: async (request) =>
        withoutPage(await (this.options.verbose ? this.#told(request) : fetch(request)), url),
    });
  }

  /** Who signed in, or else exit code 3. A sign-in is for the profile's deployment, whatever `--url` says. */
  async #token(): Promise<string> {
    if (this.options.token) {
      if (!isBearerToken(this.options.token.trim())) throw usage(NO_TOKEN);
      return this.options.token;
    }
    const known = await this.tokens.read();
    const isHere = this.profile.url !== undefined && addressOf(this.profile.url) === this.url;
    if (known === undefined || !isHere) throw this.#signedOut();
    if (Date.parse(known.expiresAt) - this.now().getTime() > SPARE_MILLISECONDS) return known.accessToken;
    return this.#refreshed();
  }

  async #refreshed(): Promise<string> {
    const [{ inTurn }, { refreshed }] = await Promise.all([
      import('./token-store.ts'),
      import('./sign-in.ts'),
    ]);
    return inTurn(async () => {
      // Another command may have been first.
      const known = await this.tokens.read();
      if (known === undefined) throw this.#signedOut();
      if (Date.parse(known.expiresAt) - this.now().getTime() > SPARE_MILLISECONDS) return known.accessToken;
      const { issuer, clientId } = this.profile;
      const fresh =
        known.refreshToken === undefined || issuer === undefined || clientId === undefined
          ? undefined
          : await refreshed({ issuer, clientId }, known.refreshToken);
      if (fresh === undefined) throw new Exit(EXIT.signedOut, 'Your sign-in has ended: keywright login');
      await this.tokens.write(fresh);
      return fresh.accessToken;
    });
  }

  #signedOut(): Exit {
    return new Exit(
      EXIT.signedOut,
      `You are not signed in at ${this.url}: keywright login, or give a token in KEYWRIGHT_TOKEN`,
    );
  }

  async #signed(request: Request): Promise<Request> {
    const { awsSigner } = await import('./aws.ts');
    return (await awsSigner())(request);
  }

  /** Method, path, status and request id, and never a header. */
  async #told(request: Request): Promise<Response> {
    const started = performance.now();
    const response = await fetch(request);
    const id = response.headers.get('x-request-id') ?? response.headers.get('apigw-requestid') ?? '–';
    const { pathname, search } = new URL(request.url);
    const took = Math.round(performance.now() - started);
    this.out.note(`${request.method} ${pathname}${search}  ${response.status}  ${took} ms  ${id}`);
    return response;
  }

  /** The tenant that was named: by an option, the environment or the profile. */
  get namedTenant(): string | undefined {
    return this.options.tenant ?? (process.env.KEYWRIGHT_TENANT || this.profile.tenant);
  }

  /** The tenant that was named, or the only one that there is. */
  async tenant(): Promise<string> {
    const named = this.namedTenant;
    if (named !== undefined) return named;
    const { tenants } = (await this.api.GET('/v1/me')).data;
    if (tenants !== '*' && tenants.length === 1 && tenants[0] !== undefined) return tenants[0].tenantId;
    throw usage('Which tenant? Give --tenant, KEYWRIGHT_TENANT, or keywright config set tenant tenant_…');
  }

  /** Tells that what was asked for waits, and ends with 7. */
  waits(approval: Schemas['Approval']): never {
    const { approvalId, expiresAt } = approval;
    if (this.out.isJson) this.out.line(JSON.stringify({ approval }, null, this.options.jsonl ? 0 : 2));
    else if (this.out.isTerminal && !this.options.quiet)
      this.out.line(
        `→ Waiting: ${this.out.style('bold', approvalId)} (until ${localTime(expiresAt)}).  keywright approvals wait ${approvalId}`,
      );
    else {
      this.out.note(
        `Waiting for a second admin until ${localTime(expiresAt)}: keywright approvals wait ${approvalId}`,
      );
      this.out.line(approvalId);
    }
    throw new Exit(EXIT.waiting);
  }

  /** Asks for what can't be taken back. @param name to be typed, or given by --confirm */
  async confirm(question: string, name: string): Promise<void> {
    const { yes, confirm } = this.options;
    if (confirm !== undefined) {
      if (confirm === name) return;
      throw usage(`--confirm says ${JSON.stringify(confirm)}; this is ${JSON.stringify(name)}`);
    }
    if (yes) return;
    if (!this.mayAsk)
      throw usage(`${question} Nobody can be asked here: give --yes, or --confirm ${JSON.stringify(name)}`);
    const { text, isCancel } = await import('@clack/prompts');
    const typed = await text({ message: `${question} Type its name, ${name}, to go on:` });
    if (isCancel(typed)) throw new Exit(EXIT.interrupted);
    if (typed.trim() !== name) throw usage('That is another name; nothing was done');
  }
}
