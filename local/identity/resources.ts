import { AUDIENCE } from './access-token.ts';

/** What access tokens can be for (RFC 8707). Each client has one resource and need not name it. */
export interface Resource {
  readonly indicator: string;
  /** `aud` of its tokens. */
  readonly audience: string;
  /** Scopes that it knows; others are left out of its tokens. */
  readonly scopes: readonly string[];
}

export const MANAGEMENT_API: Resource = {
  indicator: 'urn:keywright:management-api',
  audience: AUDIENCE,
  scopes: [],
};

/** The demonstration API that requires a token beside its keys. */
export const PAYMENTS_API: Resource = {
  indicator: 'urn:keywright:payments',
  audience: 'keywright-payments',
  scopes: ['payments.write'],
};
