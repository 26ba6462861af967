import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { systemClock } from '../../core/access/clock.ts';
import { SealedTexts } from '../../core/aws/sealed-text.ts';
import type { AuthRoute } from '../../core/contract/session.ts';
import type { Session } from '../../core/domain/people/session.ts';
import { personTokens } from '../../core/oauth/person-tokens.ts';
import { SessionStore, sessionIdOf } from '../../core/store/session-store.ts';
import type { SessionDependencies } from '../../functions/session/dependencies.ts';
import { Issuer } from '../../functions/session/issuer.ts';
import { sessionHandler } from '../../functions/session/session-handler.ts';
import { startDynamoDb, type TestDynamoDb } from './dynamodb.ts';
import { DATA_KEY, localKms } from './local-kms.ts';
import { PORTAL_CLIENT, type SignInIssuer, startSignInIssuer } from './sign-in-issuer.ts';
import { silentLogger } from './silent-logger.ts';

export const ORIGINS = ['https://keys.example.com', 'https://admin.example.com'] as const;
export const COOKIE = '__Host-kw';
/** Where API Gateway sees requests come from. */
export const EDGE = '130.176.0.1';
const PERSON = {
  ...{ sub: 'person-1', email: 'a@example.com', email_verified: true, amr: ['pwd', 'mfa'] },
  ...{ 'keywright:role': 'admin', 'keywright:tenants': ['*'] },
};

/** A portal whose people sign in at an issuer of the test's own, by a clock that the test sets. */
export class SignInFixture {
  /** What the operator has the issuer asked for where somebody is to confirm who they are. */
  acrValues = '';
  readonly dynamodb: TestDynamoDb;
  readonly issuer: SignInIssuer;
  readonly sessions: SessionStore;
  readonly dependencies: SessionDependencies;
  clock = new Date();

  private constructor(dynamodb: TestDynamoDb, issuer: SignInIssuer) {
    this.dynamodb = dynamodb;
    this.issuer = issuer;
    this.sessions = new SessionStore(dynamodb.main);
    this.dependencies = {
      now: () => this.clock,
      randomBytes,
      sessions: this.sessions,
      issuer: this.#portal(),
      sealed: new SealedTexts(localKms(dynamodb), DATA_KEY),
      origins: ORIGINS,
      origin: { knows: async (secret) => secret === 'known' },
      logger: silentLogger,
    };
  }

  static async start(): Promise<SignInFixture> {
    return new SignInFixture(...(await Promise.all([startDynamoDb(), startSignInIssuer()])));
  }

  /** Everything well, and one person who has just given password and code. */
  reset(): void {
    this.clock = new Date();
    Object.assign(this.issuer, { down: false, refuses: undefined, opaque: false, refreshes: true });
    this.issuer.person = this.person();
  }

  /** What the issuer says of somebody who has just signed in. */
  person(change: object = {}): Record<string, unknown> {
    return { ...PERSON, auth_time: this.seconds(), ...change };
  }

  seconds(): number {
    return Math.floor(this.clock.getTime() / 1000);
  }

  wait(some: number): void {
    this.clock = new Date(this.clock.getTime() + some * 1000);
  }

  browser(): Browser {
    return new Browser(this);
  }

  async signedIn(): Promise<Browser> {
    const browser = this.browser();
    const { statusCode, body } = await browser.signIn();
    if (statusCode !== 303) throw new Error(`not signed in: ${body}`);
    return browser;
  }

  async close(): Promise<void> {
    await Promise.all([this.dynamodb.close(), this.issuer.close()]);
  }

  #portal(): Issuer {
    const { issuer } = this.issuer;
    const acrValues = () => this.acrValues;
    const client = {
      ...{ issuer, clientId: PORTAL_CLIENT.id, clientSecret: async () => PORTAL_CLIENT.secret },
      scopes: 'openid email',
      get stepUpAcrValues() {
        return acrValues();
      },
    };
    const tokens = personTokens({ issuer, audiences: ['keywright'] }, systemClock);
    return new Issuer(client, tokens, () => this.clock.getTime());
  }
}

/** A browser with its cookies; one that comes from another site brings no Strict ones. */
export class Browser {
  readonly #fixture: SignInFixture;
  readonly cookies = new Map<string, { readonly value: string; readonly isStrict: boolean }>();

  constructor(fixture: SignInFixture) {
    this.#fixture = fixture;
  }

  async ask(
    routeKey: AuthRoute,
    sent: {
      query?: string;
      headers?: Record<string, string>;
      fromOtherSite?: boolean;
      cookies?: string[];
    } = {},
  ): Promise<APIGatewayProxyStructuredResultV2 & { readonly location: string }> {
    const { query = '', headers = {}, fromOtherSite = false } = sent;
    const own = [...this.cookies].filter(([, { isStrict }]) => !(isStrict && fromOtherSite));
    const event = {
      routeKey,
      rawQueryString: query,
      queryStringParameters: joined(query),
      headers: { 'user-agent': 'Firefox', ...headers },
      cookies: sent.cookies ?? own.map(([name, { value }]) => `${name}=${value}`),
      requestContext: { requestId: 'request', routeKey, http: { sourceIp: EDGE } },
    } as unknown as APIGatewayProxyEventV2;
    const answer = await sessionHandler(this.#fixture.dependencies)(event);
    for (const cookie of answer.cookies ?? []) this.#take(cookie);
    return { ...answer, location: String(answer.headers?.location) };
  }

  /** From the first page of the sign-in to the callback's answer. */
  async signIn(route: AuthRoute = 'GET /auth/login', headers: Record<string, string> = {}) {
    return this.comeBack(this.#fixture.issuer.signIn((await this.ask(route)).location), headers);
  }

  comeBack(url: URL, headers: Record<string, string> = {}) {
    return this.ask('GET /auth/callback', { query: url.search.slice(1), headers, fromOtherSite: true });
  }

  /** Whom the portal takes it to be. */
  async session(cookies?: string[]): Promise<Record<string, unknown> | null> {
    const { body } = await this.ask('GET /auth/session', cookies && { cookies });
    return JSON.parse(String(body)).session;
  }

  get cookie(): string {
    return this.cookies.get(COOKIE)?.value ?? '';
  }

  /** What the table has of it. */
  stored(): Promise<Session | undefined> {
    return this.#fixture.sessions.get(sessionIdOf(this.cookie));
  }

  #take(cookie: string): void {
    const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(cookie) ?? [];
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, { value, isStrict: attributes.includes('Strict') });
  }
}

/** As API Gateway hands on what comes twice. */
function joined(query: string): Record<string, string> {
  const all = new URLSearchParams(query);
  return Object.fromEntries([...all.keys()].map((name) => [name, all.getAll(name).join(',')]));
}
