import type { VerifiedToken } from '../domain/access-token.ts';
import type { PartyRecords } from '../domain/decision.ts';
import type { KeyAlias } from '../domain/imported-key.ts';
import type { Digest, Pepper } from '../domain/pepper.ts';
import type { OauthRequirement } from '../domain/protected-api.ts';

/** What one decision needs to know of what is stored. */
export interface AccessRecords extends PartyRecords {
  /** When the reading of the oldest of them began, in milliseconds since 1970: changes since then may be missing. */
  readonly readAt: number;
  /** Until when the asked-for network counts as seen, in seconds since 1970; undefined if it never was. */
  readonly networkSeenUntil: number | undefined;
}

/** Where the request plane reads from. */
export interface AccessStore {
  /** The API whose callers are decided on; undefined where none is called. */
  readonly apiId: string | undefined;

  /**
   * Everything about one request in one round trip at most; in two where a request names no tenant (subscription
   * keys, TOKEN authorizers), because then the credential says which tenant and product to read.
   * @param tenantId undefined where nothing names one yet
   * @param productId that of a subscription, where it is known beforehand
   * @param network undefined where the request has no address
   * @throws Error when the store can't answer in time
   */
  read(query: {
    credentialId: string;
    tenantId: string | undefined;
    productId?: string | undefined;
    network: string | undefined;
  }): Promise<AccessRecords>;

  /**
   * Where an imported key leads to, by any of the digests of its fingerprint, in one round trip. Should two
   * lead to different credentials, the first of them counts, always.
   */
  findAlias(digests: readonly Digest[]): Promise<KeyAlias | undefined>;

  /** Makes an imported key known by one more digest, unless that leads somewhere already. */
  addAlias(digest: Digest, alias: KeyAlias): Promise<void>;

  /** Notes when an imported secret was first used, unless that is noted. */
  noteFirstUse(use: { credentialId: string; secretId: string; time: string }): Promise<void>;

  /** Until when a network counts as seen, in seconds since 1970. */
  readSeenNetwork(credentialId: string, network: string): Promise<number | undefined>;

  /**
   * Notes a network for 90 days and with it, unless someone else noted it first, the event
   * `apiKey.usedFromNewIp`. `knownUntil` is what was read before: given, no event is written.
   */
  noteNetwork(sighting: NetworkSighting): Promise<void>;

  /** Replaces a digest by one of the same secret under a newer pepper, unless it has changed meanwhile. */
  rewriteDigest(rewrite: { credentialId: string; secretId: string; from: Digest; to: Digest }): Promise<void>;
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
   * @throws Error when the issuer's keys were never read and can't be now
   */
  verify(token: string, requirement: OauthRequirement): Promise<VerifiedToken | undefined>;
}

/** Where the request plane gets the pepper. */
export interface PepperSource {
  /** The pepper as last read; reads it when it was never read or is old. */
  current(): Promise<Pepper>;
  /** A pepper that knows `version`, read anew if the last one doesn't; at most one read per second. */
  knowing(version: string): Promise<Pepper>;
}
