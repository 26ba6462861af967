import type { VerifiedToken } from '../domain/decision/access-token.ts';
import type { PartyRecords } from '../domain/decision/decision.ts';
import type { KeyAlias } from '../domain/imports/imported-key.ts';
import type { Digest, Pepper } from '../domain/keys/pepper.ts';
import type { OauthRequirement } from '../domain/products/protected-api.ts';

/**
 * When a reading was under way, by the process's count of such moments (`nextMoment`): no clock, so that
 * setting one changes no order. Of two readings of one thing, the one that began after the other was answered is
 * the newer; of two that overlap, neither by this alone.
 */
export interface ReadSpan {
  readonly began: number;
  readonly answered: number;
}

let moments = 0;

/** A larger number each time, in the whole process. */
export function nextMoment(): number {
  moments += 1;
  return moments;
}

/** What one decision needs to know of what is stored. Records have their `revision` where their items have one. */
export interface AccessRecords extends PartyRecords {
  /** When the reading of the oldest of them began, by `Clock.steady`: changes since then may be missing. */
  readonly readAt: number;
  /** Of records that were read by other readings than this one, and remembered since. */
  readonly spans?: Readonly<Partial<Record<keyof PartyRecords, ReadSpan>>>;
  /** Until when the asked-for network counts as seen, in seconds since 1970; undefined if it never was. */
  readonly networkSeenUntil: number | undefined;
}

/** What to read about one request. */
export interface AccessQuery {
  readonly credentialId: string;
  /** Undefined where nothing names one yet; empty where it is known that there is none. */
  readonly tenantId: string | undefined;
  /** That of a subscription, where it is known beforehand. */
  readonly productId?: string | undefined;
  /** Undefined where the request has no address. */
  readonly network: string | undefined;
  /** Whether tenant and product are known from what is stored, so that how much is read must not tell of it. */
  readonly evenly?: boolean;
  /** Whether nothing that is remembered will do. */
  readonly anew?: boolean;
}

/** Where the request plane reads from. */
export interface AccessStore {
  /** The API whose callers are decided on; undefined where none is called. */
  readonly apiId: string | undefined;

  /**
   * Everything about one request in one round trip at most; in two where a request names no tenant (subscription
   * keys, TOKEN authorizers), because then the credential says which tenant and product to read. Those two read
   * as many items in as many round trips whatever there is: work does not tell a known key from an unknown one.
   * @throws Error when the store can't answer in time
   */
  read(query: AccessQuery): Promise<AccessRecords>;

  /**
   * Where an imported key leads to, by any of the digests of its fingerprint, in one round trip. Should two
   * lead to different credentials, the first of them counts, always.
   */
  findAlias(digests: readonly Digest[]): Promise<KeyAlias | undefined>;

  /** Until when a network counts as seen, in seconds since 1970. */
  readSeenNetwork(credentialId: string, network: string): Promise<number | undefined>;

  /**
   * Notes a network for 90 days and with it, unless someone else noted it first, the event
   * `apiKey.usedFromNewIp`. `knownUntil` is what was read before: given, no event is written.
   */
  noteNetwork(sighting: NetworkSighting): Promise<void>;
}

/**
 * Who keeps up what is stored of a key as it is used: its digest under a new pepper, the first use of an
 * imported one. The request plane itself may write no credential.
 */
export interface KeyUpkeep {
  /**
   * Asks for it, and does not wait until it is done.
   * @param inquiry.text what the digest is of: the key's text, an imported key's fingerprint
   * @throws Error when nobody took it in time
   */
  ask(inquiry: { credentialId: string; text: string; pepper: Pepper }): Promise<void>;
}

export interface NetworkSighting {
  readonly credentialId: string;
  readonly keyId: string;
  readonly tenantId: string;
  readonly network: string;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly knownUntil: number | undefined;
}

/** What checks the OAuth tokens that some APIs require besides a key. */
export interface TokenVerifier {
  /**
   * What a token says, if it is an access token that meets the requirement; undefined for any other text.
   * @param asked the scopes that routes ask for besides: which of them it has is told
   * @throws Error when the issuer's keys were never read and can't be now
   */
  verify(
    token: string,
    requirement: OauthRequirement,
    asked?: readonly string[],
  ): Promise<VerifiedToken | undefined>;
}

/** Where the request plane gets the pepper. */
export interface PepperSource {
  /** The pepper as last read; reads it when it was never read or is old. */
  current(): Promise<Pepper>;
  /**
   * The pepper, read anew where the last one lacks `version`: at most once a second for all versions together,
   * and ever more seldom for one that the secret does not have. What is given may lack it still.
   */
  knowing(version: string): Promise<Pepper>;
}
