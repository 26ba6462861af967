import { auditEvent, type ChangeContext } from '../audit/audit-event.ts';
import type { AnyCredentialRecord } from '../decision/decision.ts';
import { matchingSecret } from '../decision/identify.ts';
import { isFingerprint } from '../keys/foreign-key.ts';
import type { Digest, Pepper } from '../keys/pepper.ts';
import { publicIdOf, subjectOf } from '../products/credential.ts';
import type { KeyAlias } from './imported-key.ts';

/** What the use of a key leaves to be done to what is stored of it. */
export interface Upkeep {
  /** The secret or slot whose key was used. */
  readonly secretId: string;
  /** A digest under the current pepper, in place of the one that verified the key. */
  readonly renewal: { readonly from: Digest; readonly to: Digest } | undefined;
  /** What an imported key is to be found by as well, under the current pepper. */
  readonly alias: KeyAlias | undefined;
  /** Whether an imported key was used for the first time. */
  readonly isFirstUse: boolean;
}

/** Whether the use of a key that was admitted leaves anything to do. */
export function needsUpkeep(
  { secretId, digest }: { readonly secretId: string; readonly digest: Digest },
  credential: Pick<AnyCredentialRecord, 'imported'> | undefined,
  pepper: Pepper,
): boolean {
  return digest.pepper !== pepper.current || isUnused(secretId, credential);
}

/**
 * What there is to do for a text that a credential is said to be used with; undefined where it isn't its key.
 * Nothing of it is taken on anybody's word: the stored digest verifies the text.
 * @param text a key's text, or an imported key's fingerprint
 */
export function upkeepOf(
  credentialId: string,
  credential: AnyCredentialRecord | undefined,
  text: string,
  pepper: Pepper,
): Upkeep | undefined {
  const secret = matchingSecret(text, credential, pepper);
  if (secret === undefined || credential === undefined) return undefined;
  const { id: secretId, digest: from } = secret;
  const isOld = from.pepper !== pepper.current;
  const isImported = isFingerprint(text);
  const { tenantId } = credential;
  const alias: KeyAlias =
    credential.type === undefined
      ? { credentialId, tenantId, productId: credential.productId }
      : { credentialId, tenantId };
  return {
    secretId,
    renewal: isOld ? { from, to: pepper.digest(text) } : undefined,
    alias: isOld && isImported ? alias : undefined,
    isFirstUse: isImported && isUnused(secretId, credential),
  };
}

/** The event of a renewal: it is what explains the change of a digest. */
export function renewalEvent(
  credential: AnyCredentialRecord,
  secret: string,
  { from, to }: { readonly from: Digest; readonly to: Digest },
  context: ChangeContext,
) {
  const { tenantId } = credential;
  const subject = subjectOf(publicIdOf(credential));
  const data = { from: { pepper: from.pepper }, to: { pepper: to.pepper }, secret };
  return auditEvent(context, { type: 'apiKey.updated', tenantId, subject, data });
}

function isUnused(secretId: string, credential: Pick<AnyCredentialRecord, 'imported'> | undefined): boolean {
  const uses = Object.entries(credential?.imported ?? {});
  return uses.some(([id, firstUsedAt]) => id === secretId && firstUsedAt === null);
}
