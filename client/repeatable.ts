// Made by `npm run generate:client` from the management API’s OpenAPI document. Change that, not this.

/** The operations that take an `Idempotency-Key`. */
export const REPEATABLE: ReadonlySet<string> = new Set([
  'POST /v1/tenants/{tenantId}/invitations',
  'POST /v1/tenants',
  'POST /v1/tenants/{tenantId}/keys',
  'POST /v1/tenants/{tenantId}/keys/{keyId}/rotate',
  'POST /v1/apis',
  'POST /v1/products',
  'POST /v1/subscriptions',
  'POST /v1/approvals/{approvalId}/claim',
]);
