import type { Cause } from '../domain/decision/causes.ts';
import type { Admission, ApiRecord, Caller, PartyRecords, Verdict } from '../domain/decision/decision.ts';
import { identify } from '../domain/decision/identify.ts';
import { ID_LENGTH } from '../domain/ground/base62.ts';
import { type KeyAlias, keyOfCredential } from '../domain/imports/imported-key.ts';
import { needsUpkeep } from '../domain/imports/key-upkeep.ts';
import type { ApiKey } from '../domain/keys/api-key.ts';
import { type CarriedKey, type ForeignKey, fingerprintOf } from '../domain/keys/foreign-key.ts';
import type { PresentedKey } from '../domain/keys/key-format.ts';
import type { Digest, Pepper } from '../domain/keys/pepper.ts';
import type { Slot, Subscription } from '../domain/products/subscription.ts';
import { BoundedMap } from './bounded-map.ts';
import { BEFORE_ALL, clockOf } from './clock.ts';
import type { Grounds, KnownRecords, Names } from './known-records.ts';
import {
  type AccessQuery,
  type AccessRecords,
  type AccessStore,
  type KeyUpkeep,
  nextMoment,
  type PepperSource,
  type ReadSpan,
} from './ports.ts';

/** Who was asked has done it by then, or does not. */
const ASK_AGAIN_MILLISECONDS = 60_000;
const MOST_ASKED = 10_000;
/** A reading whose parts can't be of one moment is repeated; what is so again is not worth a caller's time. */
const MOST_READINGS = 2;

export interface KeyReaderOptions {
  readonly store: AccessStore;
  readonly peppers: PepperSource;
  readonly upkeep: KeyUpkeep;
  /** A `Clock`, or a wall clock alone. */
  readonly now: () => number;
  /** Hears of upkeep that nobody took up, which costs no caller a request. */
  readonly onWarning: (message: string, cause: unknown) => void;
}

/** A key, and what of its request decides whose it is. */
export interface KeyInquiry {
  readonly key: CarriedKey;
  /** `x-tn`; undefined where the key itself says whose it is. */
  readonly tenantId: string | undefined;
  readonly clientKey: string | undefined;
  /** The network to look up besides. */
  readonly network: string | undefined;
}

/** What tells a secret, or a slot's key, from the next one. Its digest does not: that is renewed. */
export type SecretMark = Readonly<Record<'createdAt' | 'hint', string>>;

/** Who presents a key, or why nobody was identified, and what else was read. */
export interface KeyReading {
  readonly verdict: Verdict;
  /** What that rests on. */
  readonly grounds: Grounds;
  readonly api: ApiRecord | undefined;
  /** When the reading of the oldest record began, by `Clock.steady`. */
  readonly readAt: number;
  /** OAuth clients that the key's subscription names. */
  readonly oauthClientIds: readonly string[] | undefined;
  readonly networkSeenUntil: number | undefined;
  /** Whose the key is, admitted or not. */
  readonly tenantId: string | undefined;
  /** Of an admitted key: which of its texts it is, however its digest is renewed. */
  readonly secret: SecretMark | undefined;
  /** Fulfilled when somebody was asked to renew what is stored of the key; undefined where nobody is to be. */
  readonly upkeep: Promise<void> | undefined;
}

/** An admission that was read before. */
export type Admitted = Grounds &
  Pick<KeyReading, 'readAt' | 'secret'> & {
    readonly verdict: Admission;
  };

/** The API that is asked about is not there. */
export class UnknownApiError extends Error {
  constructor() {
    super('the API that this authorizer is configured for does not exist');
  }
}

/** A digest was made under a version of the pepper that this process can't get: nobody can say whose the key is. */
export class UnknownPepperError extends Error {
  constructor(cause?: unknown) {
    super('a digest was made under a version of the pepper that could not be read', { cause });
  }
}

/** A key as its credential's, and what is stored of its request. */
interface Found {
  readonly key: PresentedKey;
  /** What led to an imported key. */
  readonly alias?: KeyAlias | undefined;
  readonly names: Names;
  readonly records: AccessRecords;
  readonly span: ReadSpan;
  /** Whether nothing of it came from memory. */
  readonly anew: boolean | undefined;
  readonly pepper: Pepper;
}

/**
 * Reads what is stored of a key, decides whose it is by the newest that is known of it, and has what is stored
 * renewed under the current pepper. A key of this operator's costs one round trip, one that was issued
 * elsewhere two.
 */
export class KeyReader {
  readonly #options: KeyReaderOptions;
  readonly #known: KnownRecords;
  readonly #steady: () => number;
  /** As it was last had. */
  #pepper: Pepper | undefined;
  /** When upkeep was last asked for, by credential and secret: of verified keys alone. */
  readonly #asked = new BoundedMap<string, number>(MOST_ASKED);

  constructor(options: KeyReaderOptions, known: KnownRecords) {
    this.#options = options;
    this.#known = known;
    this.#steady = clockOf(options.now).steady;
  }

  /** @throws Error when something that the decision needs does not answer, or can't be told */
  async read(inquiry: KeyInquiry): Promise<KeyReading> {
    for (let readings = 1; readings <= MOST_READINGS; readings++) {
      const found = await this.#find(inquiry, readings > 1);
      let decided = this.#decide(inquiry, found);
      if ('lacks' in decided) {
        const pepper = await this.#options.peppers.knowing(decided.lacks).catch((cause) => {
          throw new UnknownPepperError(cause);
        });
        decided = this.#decide(inquiry, { ...found, pepper });
        if ('lacks' in decided) throw new UnknownPepperError();
      }
      if ('verdict' in decided) return decided;
    }
    throw new Error('readings at once disagree, and none of them says which was the newer');
  }

  /**
   * What an admission that was read before comes to by all that was read since, and the pepper at hand; undefined
   * where that is no admission, or can't be told.
   */
  recall(
    { key, ...sent }: KeyInquiry,
    { verdict: { caller }, ...admitted }: Admitted,
  ): KeyReading | undefined {
    const newest = this.#known.newest(admitted);
    const pepper = this.#pepper;
    if (newest === undefined || pepper === undefined) return undefined;
    const { credential, api } = newest.records;
    if (credential === undefined || this.#lacksApi(api)) return undefined;
    const records = { ...newest.records, credential: this.#readable(credential, caller, admitted, pepper) };
    const presented = key.kind === 'foreign' ? keyOfCredential(key, caller.credentialId, credential) : key;
    const again = identify(presented, sent, records, pepper, new Date(this.#options.now()));
    if (!again.allowed) return undefined;
    const { readAt } = admitted;
    return {
      ...factsOf(newest.records, again),
      verdict: again,
      grounds: newest.grounds,
      readAt,
    };
  }

  /** The credential, with the digest that verified a text in place of one of that text which can't be verified. */
  #readable(
    credential: Credential,
    { secretId, digest }: Caller,
    { secret }: Pick<Admitted, 'secret'>,
    pepper: Pepper,
  ): Credential {
    const renewed = digestsOf(credential)[secretId];
    const isReadable = renewed === undefined || pepper.knows(renewed.pepper);
    if (isReadable || !isSameSecret(secret, markOf(credential, secretId))) return credential;
    return { ...credential, digests: { ...credential.digests, [secretId]: digest } } as Credential;
  }

  /** What was found comes to; or the version of the pepper that it can't be told without; or that it overlaps. */
  #decide(
    inquiry: KeyInquiry,
    found: Found,
  ): KeyReading | { readonly lacks: string } | { readonly overlaps: true } {
    const { key, names, pepper } = found;
    this.#pepper = pepper;
    const taken = this.#known.take({ ...found, spans: found.records.spans });
    if (taken === undefined) return { overlaps: true };
    const { records, grounds } = taken;
    if (this.#lacksApi(records.api)) throw new UnknownApiError();
    const verdict = identify(key, inquiry, records, pepper, new Date(this.#options.now()));
    const lacks = versionLacking(verdict, records, pepper);
    if (lacks !== undefined) return { lacks };
    // A key may be younger than what is remembered of its tenant, and then so may its role.
    if (verdict.allowed && !found.anew && lacksRole(records)) return { overlaps: true };
    if (verdict.allowed || verdict.owner !== undefined) {
      // Nothing is remembered of a tenant that was only named.
      const isOwn = names.tenant === records.credential?.tenantId;
      const facts = isOwn ? grounds.facts : grounds.facts.filter(({ kind }) => kind !== 'tenant');
      this.#known.keep(facts, verdict.allowed);
    }
    const { readAt, networkSeenUntil } = found.records;
    return {
      ...factsOf(records, verdict),
      verdict: nameOf(verdict, inquiry.key, found),
      grounds,
      readAt,
      networkSeenUntil,
      upkeep: verdict.allowed ? this.#keepUp(verdict.caller, found, records) : undefined,
    };
  }

  #lacksApi(api: ApiRecord | undefined): boolean {
    return api === undefined && this.#options.store.apiId !== undefined;
  }

  #find(inquiry: KeyInquiry, anew: boolean): Promise<Found> {
    const { key } = inquiry;
    return key.kind === 'foreign'
      ? this.#findForeign(key, inquiry.network, anew)
      : this.#findOwn(key, inquiry, anew);
  }

  async #findOwn(key: PresentedKey, { tenantId, network }: KeyInquiry, anew: boolean): Promise<Found> {
    // A subscription names its product, which is read with its tenant.
    const named = key.kind === 'sub' ? undefined : tenantId;
    const [read, pepper] = await Promise.all([
      this.#readRecords({ credentialId: key.id, tenantId: named, network, anew }),
      this.#options.peppers.current(),
    ]);
    return { ...read, key, pepper };
  }

  /** A text that leads nowhere costs a second reading too, of nothing: work does not tell it from a known one. */
  async #findForeign(foreign: ForeignKey, network: string | undefined, anew: boolean): Promise<Found> {
    const { store, peppers } = this.#options;
    const pepper = await peppers.current();
    const digests = pepper.digests(fingerprintOf(foreign.text));
    const alias = await store.findAlias(digests);
    const nowhere = { credentialId: digests[0]?.hmac.slice(0, ID_LENGTH) ?? '', tenantId: '' };
    const read = await this.#readRecords({ ...(alias ?? nowhere), network, evenly: true, anew });
    const key = keyOfCredential(foreign, (alias ?? nowhere).credentialId, read.records.credential);
    return { ...read, key, alias, pepper };
  }

  async #readRecords(query: AccessQuery): Promise<Pick<Found, 'records' | 'span' | 'names' | 'anew'>> {
    const { store } = this.#options;
    const began = nextMoment();
    const records = await store.read(query);
    const span = { began, answered: nextMoment() };
    const { credential } = records;
    const names = {
      credential: query.credentialId,
      tenant: (query.tenantId ?? credential?.tenantId) || undefined,
      product: query.productId ?? subscriptionIn(credential)?.productId,
      api: store.apiId,
    };
    return { records, span, names, anew: query.anew };
  }

  /** Has somebody renew what is stored of an admitted key, where there is anything to renew. */
  #keepUp(
    { digest, secretId, credentialId }: Caller,
    { key, pepper }: Found,
    { credential }: PartyRecords,
  ): Promise<void> | undefined {
    const { upkeep, onWarning } = this.#options;
    if (!needsUpkeep({ digest, secretId }, credential, pepper)) return undefined;
    const name = `${credentialId} ${secretId} ${pepper.current}`;
    const now = this.#steady();
    if (now < (this.#asked.get(name) ?? BEFORE_ALL) + ASK_AGAIN_MILLISECONDS) return undefined;
    this.#asked.set(name, now);
    return upkeep
      .ask({ credentialId, text: key.text, pepper })
      .catch((cause) =>
        onWarning('nobody took up that a digest is to be renewed, or a first use noted', cause),
      );
  }
}

type Facts = Pick<
  KeyReading,
  'api' | 'oauthClientIds' | 'tenantId' | 'secret' | 'networkSeenUntil' | 'upkeep'
>;

function factsOf({ credential, api }: PartyRecords, verdict: Verdict): Facts {
  return {
    api,
    oauthClientIds: subscriptionIn(credential)?.oauthClientIds,
    tenantId: credential?.tenantId,
    secret: verdict.allowed ? markOf(credential, verdict.caller.secretId) : undefined,
    networkSeenUntil: undefined,
    upkeep: undefined,
  };
}

type Credential = NonNullable<PartyRecords['credential']>;

function subscriptionIn(credential: Credential | undefined) {
  return credential?.type === undefined ? credential : undefined;
}

function lacksRole({ credential, tenant }: PartyRecords): boolean {
  return (
    credential?.type !== undefined && tenant !== undefined && tenant.roles[credential.role] === undefined
  );
}

function digestsOf(credential: Credential | undefined): Readonly<Record<string, Digest | undefined>> {
  return credential?.digests ?? {};
}

function markOf(credential: Credential | undefined, secretId: string): SecretMark | undefined {
  const { secrets, slots } = Object(credential) as Partial<
    Pick<ApiKey, 'secrets'> & Pick<Subscription, 'slots'>
  >;
  return secrets?.find(({ id }) => id === secretId) ?? slots?.[secretId as Slot];
}

function isSameSecret(one: SecretMark | undefined, other: SecretMark | undefined): boolean {
  return (
    one !== undefined && other !== undefined && one.createdAt === other.createdAt && one.hint === other.hint
  );
}

/**
 * The version without which a refusal can't be told from an admission. One that another digest, or what is checked
 * before it, leads to stands whatever that one says.
 */
function versionLacking(
  verdict: Verdict,
  { credential, api }: PartyRecords,
  pepper: Pepper,
): string | undefined {
  if (verdict.allowed) return undefined;
  const compared: Partial<Record<Cause, readonly (Digest | null | undefined)[]>> = {
    wrong_secret: Object.values(digestsOf(credential)),
    wrong_client_key: [api?.clientKey?.digest],
  };
  // What is damaged is of a version that there can't be.
  const digests = (compared[verdict.cause] ?? []).filter((digest) => digest !== undefined);
  return digests.map((digest) => String(digest?.pepper)).find((version) => !pepper.knows(version));
}

/** A foreign text that led nowhere has no public id. */
function nameOf(verdict: Verdict, key: CarriedKey, { alias }: Found): Verdict {
  if (verdict.allowed || key.kind !== 'foreign' || alias !== undefined) return verdict;
  const { keyId, ...nameless } = verdict;
  return nameless;
}
