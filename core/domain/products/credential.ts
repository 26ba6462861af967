import type { ApiKey } from '../keys/api-key.ts';
import type { Subscription } from './subscription.ts';

/** What a key is of. Its `type` tells which: that of an API key, and a subscription has none. */
export type Credential = ApiKey | Subscription;

export const KEY_TYPES = ['publishable', 'secret', 'subscription'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

export function keyTypeOf({ type }: Pick<Credential, 'type'>): KeyType {
  return type ?? 'subscription';
}

const SUBSCRIPTION_ID = 'sub_';

/** What events and findings about a credential name it as. @param id its public id: `key_…` or `sub_…` */
export function subjectOf(id: string): { type: 'apiKey' | 'subscription'; id: string } {
  return { type: id.startsWith(SUBSCRIPTION_ID) ? 'subscription' : 'apiKey', id };
}

/** A credential's public id. */
export function publicIdOf(
  credential: Pick<ApiKey, 'type' | 'keyId'> | Pick<Subscription, 'type' | 'subscriptionId'>,
): string {
  return credential.type === undefined ? credential.subscriptionId : credential.keyId;
}
