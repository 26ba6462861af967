import { hash } from 'node:crypto';
import type { RefusalCode } from '../contract/refusals.ts';
import { compositeKey } from '../domain/composite-key.ts';
import { type Credentials, type Headers, readCredentials } from '../domain/credentials.ts';
import { type Cause, ownerOf, type Refusal, refusalOf, withToken } from '../domain/decision.ts';
import type { CarriedKey } from '../domain/imported-key.ts';
import { type KeyFormat, publicIdOf } from '../domain/key-format.ts';
import { networkOf } from '../domain/network.ts';
import { TENANT_ID } from '../domain/tenant.ts';
import { within } from './deadline.ts';
import { type Entry, type Identification, identification, KeyMemory, type Presented } from './key-memory.ts';
import { KeyReader, UnknownApiError } from './key-reader.ts';
import { KeySources } from './key-sources.ts';
import type { Outcome } from './outcome.ts';
import type { AccessStore, KeyUpkeep, PepperSource, TokenVerifier } from './ports.ts';
import type { Circumstances } from './remembered-outcomes.ts';

/** A request to a protected API, as much of it as a decision needs. */
export interface AccessRequest {
  readonly headers: Headers;
  readonly method: string;
  /** With its leading slash, percent-encoded, without the stage; undefined to ask about no route at all. */
  readonly path: string | undefined;
  readonly sourceIp: string | undefined;
  readonly requestId: string;
  /** False where only the key itself is known, as by TOKEN authorizers: the tenant is then the key's own. */
  readonly tenantHeaderVisible: boolean;
  /** Whether a subscription key too has to be of the tenant that is named; it needs no `x-tn` by itself. */
  readonly bindsSubscribers?: boolean;
}

export interface AuthorizerOptions {
  readonly format: KeyFormat;
  readonly store: AccessStore;
  readonly peppers: PepperSource;
  readonly upkeep: KeyUpkeep;
  readonly tokens: TokenVerifier;
  readonly now: () => number;
  /** How long a record may be used after its reading began. */
  readonly cacheMilliseconds: number;
  /** How old a record may be that is used because nothing newer can be read; 0 for never. */
  readonly staleMilliseconds: number;
  /** How many known keys are remembered; as many unknown ones besides. */
  readonly cacheEntries: number;
  /** How long a decision may take in all, whatever it waits for. */
  readonly deadlineMilliseconds: number;
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
  /** Hears of each use of a record past its time, how old it was, and why there was no newer one. */
  readonly onStale: (ageMilliseconds: number, cause: unknown) => void;
}

/** A request whose key is not remembered. */
interface Inquiry {
  readonly key: CarriedKey;
  readonly presented: Presented;
  readonly credentials: Credentials;
  readonly request: AccessRequest;
}

/** The decision, once there is one. */
interface Decided {
  outcome: Outcome | undefined;
}

/** What is no tenant's id is this one, which no tenant has either: the text itself is never looked up. */
const NO_TENANT = '';

/** Where they don't matter. */
const NONE: Circumstances = { method: '', path: undefined, sourceIp: undefined, origin: undefined };

/** Of the deadline, what readings may take; the rest is for a token's verification and for notes. */
const READING_SHARE = 0.6;

/**
 * Decides whether a request to a protected API may pass. Remembers what it read for a bounded time, so
 * that a key costs one round trip when it is first seen and none until the record is too old. While nothing
 * newer can be read, an admission of the last minute goes on; everybody else is told that there is no answer.
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #reader: KeyReader;
  readonly #memory: KeyMemory;
  readonly #reading = new Map<string, Promise<Entry>>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#reader = new KeyReader(options);
    this.#memory = new KeyMemory(options);
  }

  /** Answers at once for a remembered key, otherwise after one reading. Never rejects. */
  authorize(request: AccessRequest): Outcome | Promise<Outcome> {
    const { format, acceptsImported } = this.#options;
    const credentials = readCredentials(request.headers, request.method, format, acceptsImported);
    if (credentials.preflight)
      return {
        decision: { allowed: true, caller: undefined },
        caller: undefined,
        routes: [],
        route: undefined,
      };
    const { key } = credentials;
    if (key === undefined) return refused('authentication_failed', credentials.problem ?? 'no_key');
    // A subscription key needs no x-tn, and a TOKEN authorizer is not shown any. Two tenants are no answer.
    const subscribes = isSubscriptionKey(key);
    const { tenantId, twoTenants } = credentials;
    const bindsTenant = !subscribes || request.bindsSubscribers === true || twoTenants;
    const namesTenant = request.tenantHeaderVisible && bindsTenant;
    if (namesTenant && tenantId === undefined) return refused('authentication_failed', 'no_tenant', key);
    const presented: Presented = {
      keyHash: keyHashOf(key, subscribes),
      tenantId: namesTenant ? tenantId : undefined,
      clientKey: subscribes ? credentials.clientKey : undefined,
    };
    const entry = this.#memory.fresh(presented);
    if (entry === undefined || needsToken(entry)) {
      return this.#inTime({ key, presented, credentials, request }, entry);
    }
    return this.#conclude(entry, credentials, request);
  }

  /** What has to be waited for; never longer than the deadline. */
  async #inTime(inquiry: Inquiry, fresh: Entry | undefined): Promise<Outcome> {
    const decided: Decided = { outcome: undefined };
    try {
      return await within(this.#options.deadlineMilliseconds, this.#decide(inquiry, fresh, decided));
    } catch (cause) {
      // What was not done in time is then only the noting of where an admitted request came from.
      if (decided.outcome !== undefined) return decided.outcome;
      this.#options.onWarning('the decision needs a dependency that did not answer', cause);
      const unknown = cause instanceof UnknownApiError;
      return refused('authorizer_unavailable', unknown ? 'unknown_api' : 'unavailable', inquiry.key);
    }
  }

  async #decide(inquiry: Inquiry, fresh: Entry | undefined, decided: Decided): Promise<Outcome> {
    const { credentials, request } = inquiry;
    const { entry, isStale } =
      fresh === undefined ? await this.#readOrRecall(inquiry) : { entry: fresh, isStale: false };
    const identified = needsToken(entry) ? await this.#withToken(entry, credentials) : entry;
    const outcome = this.#outcome(entry, identified, credentials, request);
    decided.outcome = outcome;
    // While the store doesn't answer it takes no notes either.
    if (!isStale && !isSettled(entry, outcome, request)) await this.#settle(entry, outcome, request);
    // An instance may stop once it has answered.
    await entry.upkeep;
    return outcome;
  }

  /** What is read of a key or, should that fail, what is remembered of it past its time. */
  async #readOrRecall(inquiry: Inquiry): Promise<{ entry: Entry; isStale: boolean }> {
    const { deadlineMilliseconds, onStale, now } = this.#options;
    const { keyHash, tenantId, clientKey } = inquiry.presented;
    const about = compositeKey(keyHash, tenantId, clientKey);
    let reading = this.#reading.get(about);
    if (reading === undefined) {
      reading = this.#read(inquiry).finally(() => this.#reading.delete(about));
      this.#reading.set(about, reading);
    }
    try {
      return { entry: await within(deadlineMilliseconds * READING_SHARE, reading), isStale: false };
    } catch (cause) {
      const entry = this.#memory.stale(inquiry.presented);
      if (entry === undefined) throw cause;
      onStale(now() - entry.readAt, cause);
      return { entry, isStale: true };
    }
  }

  /** What is left to decide once it is known who calls. */
  #conclude(entry: Entry, credentials: Credentials, request: AccessRequest): Outcome | Promise<Outcome> {
    const outcome = this.#outcome(entry, entry, credentials, request);
    return isSettled(entry, outcome, request) ? outcome : this.#settle(entry, outcome, request);
  }

  async #withToken(entry: Entry, { token }: Credentials): Promise<Identification> {
    const { verdict, oauth, oauthClientIds, tokens } = entry;
    const tokenHash = hash('sha256', token ?? '', 'base64url');
    const known = tokens.get(tokenHash);
    if (known !== undefined && !hasEnded(known, this.#options.now())) return known;
    if ('allowed' in verdict || oauth === undefined) return entry;
    const verified = token === undefined ? undefined : await this.#options.tokens.verify(token, oauth);
    const checked = withToken(verdict, token, verified, oauthClientIds);
    const identified = identification(
      'allowed' in checked ? { ...checked, owner: ownerOf(verdict) } : checked,
    );
    tokens.set(tokenHash, identified);
    return identified;
  }

  async #read({ key, presented, request }: Inquiry): Promise<Entry> {
    const { keyHash, tenantId: named, clientKey } = presented;
    const tenantId = named === undefined || TENANT_ID.test(named) ? named : NO_TENANT;
    const sources = this.#memory.sources(keyHash) ?? new KeySources(this.#options);
    const { sourceIp } = request;
    const network = sourceIp === undefined || sources.knows(sourceIp) ? undefined : networkOf(sourceIp);
    const reading = await this.#reader.read({ key, tenantId, clientKey, network });
    return this.#memory.remember(presented, { reading, network, sources });
  }

  #outcome(
    entry: Entry,
    { verdict, outcomes }: Identification,
    credentials: Credentials,
    request: AccessRequest,
  ): Outcome {
    const origin = this.#options.gatewayCaches ? undefined : credentials.origin;
    const { method, path, sourceIp } = request;
    // Who wasn't identified is refused whatever he asks for.
    const circumstances = 'allowed' in verdict ? NONE : { method, path, sourceIp, origin };
    const known = outcomes.get(circumstances);
    if (known !== undefined) return known;
    let outcome: Outcome;
    if ('allowed' in verdict) {
      outcome = { decision: verdict, caller: undefined, routes: entry.routes, route: undefined };
    } else {
      const refusal = refusalOf(verdict, circumstances, entry.table);
      const decision = refusal
        ? { ...refusal, owner: ownerOf(verdict) }
        : ({ allowed: true, caller: verdict } as const);
      const route = path === undefined ? undefined : entry.table.nameOf(method, path);
      outcome = { decision, caller: verdict, routes: entry.routes, route };
    }
    outcomes.set(circumstances, outcome);
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

/** Nothing is put together for the keys of tenants, by far the most. */
function keyHashOf({ text }: CarriedKey, subscribes: boolean): string {
  const keyHash = hash('sha256', text, 'base64url');
  return subscribes ? `${keyHash}, subscribing` : keyHash;
}

/** Whether nothing is left to note of this request's address. */
function isSettled(entry: Entry, outcome: Outcome, { sourceIp }: AccessRequest): boolean {
  return !outcome.decision.allowed || sourceIp === undefined || entry.sources.knows(sourceIp);
}

function refused(code: RefusalCode, cause: Cause, key?: CarriedKey): Outcome {
  const named = key !== undefined && key.kind !== 'foreign' && { keyId: publicIdOf(key) };
  const decision: Refusal = { allowed: false, code, cause, ...named };
  return { decision, caller: undefined, routes: [], route: undefined };
}
