/** Who calls a guarded backend. */
export interface GuardedCaller {
  /** `key_…`, or `sub_…` for a subscription. */
  readonly keyId: string;
  readonly tenantId: string;
  readonly environment: 'sandbox' | 'live';
  readonly keyType: 'publishable' | 'secret' | 'subscription';
  readonly role: string | undefined;
  /** `resource:action`, `*` for all on either side. */
  readonly permissions: readonly string[];
  readonly subscriptionId: string | undefined;
  readonly productId: string | undefined;
  /** Which of a subscription's keys was used. */
  readonly slot: string | undefined;
  readonly oauthClientId: string | undefined;
}
