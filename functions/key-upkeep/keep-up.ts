import type { RandomBytes } from '../../core/domain/ground/base62.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { renewalEvent, upkeepOf } from '../../core/domain/imports/key-upkeep.ts';
import type { Pepper, SealedText } from '../../core/domain/keys/pepper.ts';
import type { AliasStore } from '../../core/store/alias-store.ts';
import type { CredentialStore } from '../../core/store/credential-store.ts';
import type { UpkeepStore } from '../../core/store/upkeep-store.ts';

/** What keeping up works with. */
export interface UpkeepDependencies {
  readonly credentials: Pick<CredentialStore, 'get'>;
  readonly aliases: Pick<AliasStore, 'add'>;
  readonly upkeep: UpkeepStore;
  /** The pepper that knows these versions, if there is one. */
  readonly pepper: (versions: readonly string[]) => Promise<Pepper>;
  readonly now: () => Date;
  readonly randomBytes: RandomBytes;
}

/** That a key was used, and what it was, sealed for its credential. */
export interface UpkeepInquiry extends SealedText {
  /** The 12 characters of the credential's public id. */
  readonly credentialId: string;
}

/**
 * Renews what is stored of a key that was used: its digest under the current pepper and, of an imported one,
 * what leads to it and the mark of its first use. Who asks is not believed: a text that the stored digest
 * doesn't verify changes nothing.
 *
 * The alias comes before the digest: stopped in between, the key is found by either, and its digest, still
 * the old one, says that there is something left to do. Any number of these may run at once.
 */
export async function keepUp(
  { credentialId, ...sealed }: UpkeepInquiry,
  requestId: string,
  { credentials, aliases, upkeep, pepper: pepperKnowing, now, randomBytes }: UpkeepDependencies,
): Promise<void> {
  const credential = await credentials.get(credentialId);
  const versions = Object.values(credential?.digests ?? {}).map((digest) => digest.pepper);
  const pepper = await pepperKnowing([sealed.pepper, ...versions]);
  const text = pepper.open(sealed, credentialId);
  const work = text === undefined ? undefined : upkeepOf(credentialId, credential, text, pepper);
  if (work === undefined || credential === undefined) return;
  const { secretId, renewal, alias, isFirstUse } = work;
  const time = now();
  if (renewal !== undefined) {
    if (alias !== undefined) await aliases.add(renewal.to, alias);
    const actor = { type: 'system', id: 'keywright' } as const;
    const context = { now: time, actor, requestId, eventId: eventId(time, randomBytes) };
    const event = renewalEvent(credential, secretId, renewal, context);
    await upkeep.renewDigest({ credentialId, secretId, ...renewal, event });
  }
  if (isFirstUse) await upkeep.noteFirstUse({ credentialId, secretId, time: time.toISOString() });
}
