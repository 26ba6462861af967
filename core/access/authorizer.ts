import type { Cause } from '../domain/decision/causes.ts';
import { CHECKS, firstFailure } from '../domain/decision/checks.ts';
import { type Credentials, type Headers, readCredentials } from '../domain/decision/credentials.ts';
import { refusal } from '../domain/decision/decision.ts';
import { refusalOf, withToken } from '../domain/decision/identify.ts';
import { sha256 } from '../domain/ground/sha256.ts';
import type { CarriedKey } from '../domain/keys/foreign-key.ts';
import { type KeyFormat, publicIdOf } from '../domain/keys/key-format.ts';
import { type Clock, clockOf } from './clock.ts';
import { AnswerTime, within } from './deadline.ts';
import { type Circumstances, Identification } from './identification.ts';
import { type Entry, KeyMemory, type Presented } from './key-memory.ts';
import { UnknownApiError } from './key-reader.ts';
import { type Basis, type KeyPresented, KeyReadings } from './key-readings.ts';
import { KnownRecords } from './known-records.ts';
import type { Outcome } from './outcome.ts';
import type { AccessStore, KeyUpkeep, PepperSource, TokenVerifier } from './ports.ts';

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
  /** A `Clock`, or a wall clock alone. */
  readonly now: () => number;
  /** What the process knows; authorizers of one process share it. Default: one of this authorizer's own. */
  readonly known?: KnownRecords;
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

/** A request whose answer has to be waited for. */
interface Inquiry extends KeyPresented {
  readonly credentials: Credentials;
  readonly request: AccessRequest;
}

/** The decision, once there is one. */
interface Decided {
  outcome: Outcome | undefined;
}

/** A request and what it came to. */
interface Answered {
  readonly request: AccessRequest;
  readonly circumstances: Circumstances;
  readonly outcome: Outcome;
}

/**
 * How old a reading may be when somebody is admitted by it: what is left of the five seconds of a revocation is
 * for the answer's way. Where API Gateway keeps answers, what it keeps them for is taken off as well: with
 * `cacheMilliseconds` it adds up to four seconds at most.
 */
const ANSWER_MILLISECONDS = 4000;
const ANSWER_AFTER_CACHE_MILLISECONDS = 1000;

/** What is left for an answer when a note is given up that would make it too late. */
const NOTING_MARGIN_MILLISECONDS = 100;

/**
 * Decides whether a request to a protected API may pass. Remembers what it read for a bounded time, so
 * that a key costs one round trip when it is first seen and none until the record is too old. While nothing
 * newer can be read, an admission of the last minute goes on; everybody else is told that there is no answer.
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #clock: Clock;
  readonly #answerTime: AnswerTime;
  readonly #memory: KeyMemory;
  readonly #readings: KeyReadings;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#clock = clockOf(options.now);
    const { cacheMilliseconds, gatewayCaches, known = new KnownRecords(options.cacheEntries) } = options;
    const afterCache = cacheMilliseconds + ANSWER_AFTER_CACHE_MILLISECONDS;
    const longest = gatewayCaches ? afterCache : Math.max(afterCache, ANSWER_MILLISECONDS);
    this.#answerTime = new AnswerTime(this.#clock, longest);
    const answered = { ...options, answerTime: this.#answerTime };
    this.#memory = new KeyMemory(answered, known);
    this.#readings = new KeyReadings(answered, this.#memory, known);
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
    // A subscription key needs no x-tn, and a TOKEN authorizer is not shown any. Two tenants are no answer.
    const { key, problem, tenantId, twoTenants } = credentials;
    const subscribes = key !== undefined && isSubscriptionKey(key);
    const bindsTenant = !subscribes || request.bindsSubscribers === true || twoTenants;
    const namesTenant = request.tenantHeaderVisible && bindsTenant;
    const cause = firstFailure(CHECKS.carried, { key, problem, tenantId, namesTenant });
    if (cause || !key) return refused(cause ?? 'no_key', key);
    const presented: Presented = {
      keyHash: keyHashOf(key, subscribes),
      tenantId: namesTenant ? tenantId : undefined,
      clientKey: subscribes ? credentials.clientKey : undefined,
    };
    const entry = this.#memory.fresh(presented);
    if (entry === undefined || needsToken(entry)) {
      return this.#inTime({ key, presented, credentials, request }, entry);
    }
    const circumstances = this.#circumstances(credentials, request);
    const remembered = entry.outcome(circumstances);
    if (remembered !== undefined) return remembered;
    const outcome = outcomeOf(entry, entry, circumstances);
    if (!isSettled(entry, outcome, request)) {
      return this.#inTime({ key, presented, credentials, request }, entry);
    }
    entry.remember(circumstances, outcome);
    return outcome;
  }

  /** What has to be waited for; never longer than the deadline, and nobody is admitted by what got old meanwhile. */
  async #inTime(inquiry: Inquiry, fresh: Entry | undefined): Promise<Outcome> {
    const decided: Decided = { outcome: undefined };
    try {
      await within(this.#options.deadlineMilliseconds, this.#decide(inquiry, fresh, decided));
    } catch (cause) {
      if (decided.outcome === undefined) {
        this.#options.onWarning('the decision needs a dependency that did not answer', cause);
        const unknown = cause instanceof UnknownApiError;
        return refused(unknown ? 'unknown_api' : 'unavailable', inquiry.key);
      }
      // What was not done in time is then only the noting of where an admitted request came from.
    }
    const { outcome } = decided;
    const isLate =
      outcome === undefined || (outcome.decision.allowed && outcome.reading?.isTooOld() === true);
    return isLate ? refused('unavailable', inquiry.key) : outcome;
  }

  async #decide(inquiry: Inquiry, fresh: Entry | undefined, decided: Decided): Promise<void> {
    const { credentials, request } = inquiry;
    const { entry, isStale, reading }: Basis =
      fresh === undefined
        ? await this.#readings.readOrRecall(inquiry, request.sourceIp)
        : { entry: fresh, isStale: false, reading: fresh };
    const identified = needsToken(entry) ? await this.#withToken(entry, credentials) : entry;
    const circumstances = this.#circumstances(credentials, request);
    const remembered = identified.outcome(circumstances);
    const outcome = remembered ?? outcomeOf(entry, identified, circumstances);
    decided.outcome = reading === entry ? outcome : { ...outcome, reading };
    // While the store doesn't answer it takes no notes either.
    if (isStale) return;
    const isDone = remembered !== undefined || isSettled(entry, outcome, request);
    if (isDone) identified.remember(circumstances, outcome);
    const notes = isDone ? undefined : this.#settle(entry, identified, { circumstances, outcome, request });
    if (notes === undefined && entry.upkeep === undefined) return;
    // An instance may stop once it has answered, and what it answers by gets old.
    const { deadlineMilliseconds } = this.#options;
    const left = this.#answerTime.left(entry.readAt) - NOTING_MARGIN_MILLISECONDS;
    await within(Math.max(0, Math.min(left, deadlineMilliseconds)), Promise.all([notes, entry.upkeep]));
  }

  async #withToken(entry: Entry, { token }: Credentials): Promise<Identification> {
    const { verdict, oauth, oauthClientIds, tokens, table } = entry;
    const tokenHash = sha256(token ?? '', 'base64url');
    const known = tokens?.get(tokenHash);
    if (known !== undefined && !hasEnded(known, this.#clock())) return known;
    if (!verdict.allowed || oauth === undefined) return entry;
    const verified =
      token === undefined ? undefined : await this.#options.tokens.verify(token, oauth, table.scopes);
    const identified = new Identification(
      withToken(verdict.caller, { sent: token, verified, clientIds: oauthClientIds }),
    );
    tokens?.set(tokenHash, identified);
    return identified;
  }

  #circumstances({ origin }: Credentials, { method, path, sourceIp }: AccessRequest): Circumstances {
    return { method, path, sourceIp, origin: this.#options.gatewayCaches ? undefined : origin };
  }

  /**
   * Notes where an admitted request came from, before it is answered: an instance may stop after that. Outcomes are
   * remembered once nothing is left to note, so that one that is remembered is an answer without another look.
   */
  async #settle(
    entry: Entry,
    identified: Identification,
    { circumstances, outcome, request: { sourceIp, requestId } }: Answered,
  ): Promise<void> {
    const { caller } = outcome;
    if (caller === undefined || sourceIp === undefined) return;
    await entry.sources.note(caller, { sourceIp, requestId, read: entry });
    if (entry.sources.knows(sourceIp)) identified.remember(circumstances, outcome);
  }
}

/** Whether a caller was identified who must present an OAuth token as well. */
function needsToken({ verdict, oauth }: Entry): boolean {
  return oauth !== undefined && verdict.allowed;
}

function hasEnded({ verdict }: Identification, now: number): boolean {
  return verdict.allowed && verdict.caller.endsAt <= now;
}

function isSubscriptionKey(key: CarriedKey): boolean {
  return key.kind === 'sub' || (key.kind === 'foreign' && key.scheme === 'subscription');
}

/** Nothing is put together for the keys of tenants, by far the most. */
function keyHashOf({ text }: CarriedKey, subscribes: boolean): string {
  const keyHash = sha256(text, 'base64url');
  return subscribes ? `${keyHash}, subscribing` : keyHash;
}

/** Whether nothing is left to note of this request's address. */
function isSettled(entry: Entry, outcome: Outcome, { sourceIp }: AccessRequest): boolean {
  return !outcome.decision.allowed || sourceIp === undefined || entry.sources.knows(sourceIp);
}

/** What an identified caller's request comes to, or anybody's who was not identified. */
function outcomeOf(entry: Entry, { verdict }: Identification, circumstances: Circumstances): Outcome {
  const { routes, table } = entry;
  const { method, path } = circumstances;
  const caller = verdict.allowed ? verdict.caller : undefined;
  const decision = (caller && refusalOf(caller, circumstances, table)) ?? verdict;
  const route = caller && path !== undefined ? table.nameOf(method, path) : undefined;
  return { decision, caller, routes, route, reading: entry };
}

function refused(cause: Cause, key?: CarriedKey): Outcome {
  const decision = refusal(cause, key && key.kind !== 'foreign' ? publicIdOf(key) : undefined);
  return { decision, caller: undefined, routes: [], route: undefined };
}
