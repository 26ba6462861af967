import type { Claim } from './truth.ts';

/** A key that was made, by those of its texts that anybody was shown, oldest first. */
export interface KnownKey {
  readonly keyId: string;
  readonly tenantId: string;
  readonly texts: string[];
}

export interface KnownSubscription {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly primary: string[];
  readonly secondary: string[];
}

/** A text that was imported, and what it then led to. */
export interface KnownImport {
  readonly text: string;
  owner?: { readonly keyId: string; readonly tenantId: string };
}

/** Who and what there is in a run, in the order in which it came to be. */
export class Cast {
  readonly tenants: string[] = [];
  readonly keys: KnownKey[] = [];
  readonly subscriptions: KnownSubscription[] = [];
  readonly approvals: string[] = [];
  readonly imports: KnownImport[] = [];
  ordersApi = '';
  paymentsApi = '';
  productId = '';
  clientKey = '';

  tenant(index: number): string {
    return nth(this.tenants, index) ?? '';
  }

  key(index: number): KnownKey {
    const key = nth(this.keys, index);
    if (key === undefined) throw new Error('there are no keys');
    return key;
  }

  subscription(index: number): KnownSubscription {
    const subscription = nth(this.subscriptions, index);
    if (subscription === undefined) throw new Error('there are no subscriptions');
    return subscription;
  }

  /** A request with a key's newest text that is known, or the one before. */
  claimOf({ keyId, tenantId, texts }: KnownKey, older: boolean, action: Claim['action']): Claim | undefined {
    const text = texts.at(older ? -2 : -1) ?? texts.at(-1);
    if (text === undefined) return undefined;
    return { credentialId: keyId.slice(-12), text, tenantId, apiId: this.ordersApi, action };
  }
}

function nth<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % Math.max(1, items.length)];
}
