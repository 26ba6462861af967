import { hash } from 'node:crypto';
import type { RefusalCode } from '../contract/refusals.ts';
import { type Credentials, type Headers, readCredentials } from '../domain/credentials.ts';
import { type Caller, type Cause, type Refusal, refusalOf, withToken } from '../domain/decision.ts';
import type { CarriedKey } from '../domain/imported-key.ts';
import type { KeyFormat } from '../domain/key-format.ts';
import { networkOf } from '../domain/network.ts';
import type { ApiRoute, OauthRequirement } from '../domain/protected-api.ts';
import { RouteTable } from '../domain/route-table.ts';
import { BoundedMap } from './bounded-map.ts';
import { KeyReader } from './key-reader.ts';
import { KeySources } from './key-sources.ts';
import type { AccessStore, PepperSource, TokenVerifier } from './ports.ts';

/** A request to a protected API, as much of it as a decision needs. */
export interface AccessRequest {
  readonly headers: Headers;
  readonly method: string;
  /** With its leading slash, percent-encoded, without the stage. */
  readonly path: string;
  readonly sourceIp: string | undefined;
  readonly requestId: string;
  /** False for TOKEN authorizers, which are shown one header: the tenant is then the key's own. */
  readonly tenantHeaderVisible: boolean;
}

export interface Admission {
  readonly allowed: true;
  readonly caller: Caller;
}

/** A preflight is let through without a caller. */
export interface Preflight {
  readonly allowed: true;
  readonly caller: undefined;
}

export type Decision = Admission | Preflight | Refusal;

/** A decision, and what an answer about the whole API needs besides. */
export interface Outcome {
  readonly decision: Decision;
  /** Who called, also when this one route was refused; undefined when nobody was identified. */
  readonly caller: Caller | undefined;
  readonly routes: readonly ApiRoute[];
}

export interface AuthorizerOptions {
  readonly format: KeyFormat;
  readonly store: AccessStore;
  readonly peppers: PepperSource;
  readonly tokens: TokenVerifier;
  readonly now: () => number;
  /** How long a record may be used after its reading began. */
  readonly cacheMilliseconds: number;
  /** How many known keys are remembered; as many unknown ones besides. */
  readonly cacheEntries: number;
  /**
   * Whether API Gateway keeps answers. It can't tell origins apart, so a key that is restricted to origins
   * is then refused whatever its request's origin.
   */
  readonly gatewayCaches: boolean;
  /**
   * Whether keys that were issued elsewhere and imported are accepted. Then a text that is no key of this
   * operator's has to be looked up; otherwise it never causes a call.
   */
  readonly acceptsImported: boolean;
  /** Hears of failures that did not change the decision, such as a network that could not be noted. */
  readonly onWarning: (message: string, cause: unknown) => void;
}

const ROUTES_PER_KEY = 256;
const TOKENS_PER_KEY = 64;

/** Who calls, or why nobody was identified, and what that came to request by request. */
interface Identification {
  readonly verdict: Caller | Refusal;
  /** By address, origin and route. */
  readonly outcomes: BoundedMap<string, Outcome>;
}

interface Entry extends Identification {
  readonly usableUntil: number;
  readonly routes: readonly ApiRoute[];
  readonly table: RouteTable;
  readonly oauth: OauthRequirement | undefined;
  readonly oauthClientIds: readonly string[] | undefined;
  /** What tokens came to, by their hash. */
  readonly tokens: BoundedMap<string, Identification>;
  readonly sources: KeySources;
  /** What the entry's own reading said of the network that it asked for. */
  readonly networkRead: { readonly network: string | undefined; readonly seenUntil: number | undefined };
}

/** A request whose key is not remembered. */
interface Inquiry {
  readonly key: CarriedKey;
  readonly namesTenant: boolean;
  readonly credentials: Credentials;
  readonly request: AccessRequest;
}

/**
 * Decides whether a request to a protected API may pass. Remembers what it read for a bounded time, so
 * that a key costs one round trip when it is first seen and none until the record is too old. Admitted and
 * refused keys are kept apart and equally long: guessing neither reads more nor pushes out real keys.
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #reader: KeyReader;
  readonly #admitted: BoundedMap<string, Entry>;
  readonly #refused: BoundedMap<string, Entry>;
  readonly #reading = new Map<string, Promise<Entry>>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#reader = new KeyReader(options);
    this.#admitted = new BoundedMap(options.cacheEntries);
    this.#refused = new BoundedMap(options.cacheEntries);
  }

  /** Answers at once for a remembered key, otherwise after one reading. Never rejects. */
  authorize(request: AccessRequest): Outcome | Promise<Outcome> {
    const { format, acceptsImported } = this.#options;
    const credentials = readCredentials(request.headers, request.method, format, acceptsImported);
    if (credentials.preflight)
      return { decision: { allowed: true, caller: undefined }, caller: undefined, routes: [] };
    const { key } = credentials;
    if (key === undefined) return refused('authentication_failed', credentials.problem ?? 'no_key');
    // A subscription key needs no x-tn, and a TOKEN authorizer is not shown any.
    const namesTenant = request.tenantHeaderVisible && !isSubscriptionKey(key);
    if (namesTenant && credentials.tenantId === undefined)
      return refused('authentication_failed', 'no_tenant', key);
    // No header holds a line break: what is remembered for one header is never taken for the other's.
    const context = namesTenant ? credentials.tenantId : `\n${credentials.clientKey}`;
    const cacheKey = hash('sha256', `${key.text} ${context}`, 'base64url');
    const entry = this.#admitted.get(cacheKey) ?? this.#refused.get(cacheKey);
    if (entry === undefined || entry.usableUntil <= this.#options.now()) {
      return this.#miss(cacheKey, { key, namesTenant, credentials, request });
    }
    if (needsToken(entry))
      return this.#reportingFailure(key, () => this.#concludeWithToken(entry, credentials, request));
    return this.#conclude(entry, entry, credentials, request);
  }

  #miss(cacheKey: string, inquiry: Inquiry): Promise<Outcome> {
    const { key, credentials, request } = inquiry;
    return this.#reportingFailure(key, async () => {
      let reading = this.#reading.get(cacheKey);
      if (reading === undefined) {
        reading = this.#read(cacheKey, inquiry).finally(() => this.#reading.delete(cacheKey));
        this.#reading.set(cacheKey, reading);
      }
      const entry = await reading;
      return needsToken(entry)
        ? this.#concludeWithToken(entry, credentials, request)
        : this.#conclude(entry, entry, credentials, request);
    });
  }

  async #reportingFailure(key: CarriedKey, work: () => Promise<Outcome> | Outcome): Promise<Outcome> {
    try {
      return await work();
    } catch (cause) {
      this.#options.onWarning('the decision needs a dependency that did not answer', cause);
      return refused('authorizer_unavailable', 'unavailable', key);
    }
  }

  /** What is left to decide once it is known who calls. */
  #conclude(
    entry: Entry,
    identification: Identification,
    credentials: Credentials,
    request: AccessRequest,
  ): Outcome | Promise<Outcome> {
    const outcome = this.#outcome(entry, identification, credentials, request);
    return isSettled(entry, outcome, request) ? outcome : this.#settle(entry, outcome, request);
  }

  async #concludeWithToken(entry: Entry, credentials: Credentials, request: AccessRequest): Promise<Outcome> {
    const tokenHash = hash('sha256', credentials.token ?? '', 'base64url');
    let identification = entry.tokens.get(tokenHash);
    if (identification === undefined || hasEnded(identification, this.#options.now())) {
      const verdict = await this.#verifyToken(entry, credentials.token);
      identification = { verdict, outcomes: new BoundedMap(ROUTES_PER_KEY) };
      entry.tokens.set(tokenHash, identification);
    }
    return this.#conclude(entry, identification, credentials, request);
  }

  async #verifyToken(
    { verdict, oauth, oauthClientIds }: Entry,
    token: string | undefined,
  ): Promise<Caller | Refusal> {
    if ('allowed' in verdict || oauth === undefined) return verdict;
    const verified = token === undefined ? undefined : await this.#options.tokens.verify(token, oauth);
    return withToken(verdict, token, verified, oauthClientIds);
  }

  async #read(cacheKey: string, { key, namesTenant, credentials, request }: Inquiry): Promise<Entry> {
    const { cacheMilliseconds } = this.#options;
    const { clientKey } = credentials;
    const tenantId = namesTenant ? credentials.tenantId : undefined;
    const sources = this.#admitted.get(cacheKey)?.sources ?? new KeySources(this.#options);
    const { sourceIp } = request;
    const network = sourceIp === undefined || sources.knows(sourceIp) ? undefined : networkOf(sourceIp);
    const reading = await this.#reader.read({ key, tenantId, clientKey, network });
    const { verdict, api, oauthClientIds } = reading;
    const endsAt = 'allowed' in verdict ? Number.POSITIVE_INFINITY : verdict.endsAt;
    const entry: Entry = {
      usableUntil: Math.min(reading.readAt + cacheMilliseconds, endsAt),
      verdict,
      routes: api.routes,
      table: new RouteTable(api.routes),
      outcomes: new BoundedMap(ROUTES_PER_KEY),
      oauth: api.oauth,
      oauthClientIds,
      tokens: new BoundedMap(TOKENS_PER_KEY),
      sources,
      networkRead: { network, seenUntil: reading.networkSeenUntil },
    };
    const [kept, other] =
      'allowed' in verdict ? [this.#refused, this.#admitted] : [this.#admitted, this.#refused];
    other.delete(cacheKey);
    kept.set(cacheKey, entry);
    return entry;
  }

  #outcome(
    entry: Entry,
    { verdict, outcomes }: Identification,
    credentials: Credentials,
    request: AccessRequest,
  ): Outcome {
    const origin = this.#options.gatewayCaches ? undefined : credentials.origin;
    const remembered = `${request.method} ${request.path} ${request.sourceIp} ${origin}`;
    const known = outcomes.get(remembered);
    if (known !== undefined) return known;
    let outcome: Outcome;
    if ('allowed' in verdict) {
      outcome = { decision: verdict, caller: undefined, routes: entry.routes };
    } else {
      const { method, path, sourceIp } = request;
      const decision = refusalOf(verdict, { method, path, sourceIp, origin }, entry.table) ?? {
        allowed: true,
        caller: verdict,
      };
      outcome = { decision, caller: verdict, routes: entry.routes };
    }
    outcomes.set(remembered, outcome);
    return outcome;
  }

  /** Notes where an admitted request came from, before it is answered: an instance may stop after that. */
  async #settle(entry: Entry, outcome: Outcome, { sourceIp, requestId }: AccessRequest): Promise<Outcome> {
    if (outcome.caller !== undefined && sourceIp !== undefined) {
      await entry.sources.note(outcome.caller, { sourceIp, requestId, read: entry.networkRead });
    }
    return outcome;
  }
}

/** Whether a caller was identified who must present an OAuth token as well. */
function needsToken({ verdict, oauth }: Entry): boolean {
  return oauth !== undefined && !('allowed' in verdict);
}

function hasEnded({ verdict }: Identification, now: number): boolean {
  return !('allowed' in verdict) && verdict.endsAt <= now;
}

function isSubscriptionKey(key: CarriedKey): boolean {
  return key.kind === 'sub' || (key.kind === 'foreign' && key.scheme === 'subscription');
}

/** Whether nothing is left to note of this request's address. */
function isSettled(entry: Entry, outcome: Outcome, { sourceIp }: AccessRequest): boolean {
  return !outcome.decision.allowed || sourceIp === undefined || entry.sources.knows(sourceIp);
}

function refused(code: RefusalCode, cause: Cause, key?: CarriedKey): Outcome {
  const named = key !== undefined && key.kind !== 'foreign';
  const decision: Refusal = { allowed: false, code, cause, ...(named && { keyId: `key_${key.id}` }) };
  return { decision, caller: undefined, routes: [] };
}
