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

/** Below it principals of AWS call what people call too. */
export const SIGNED_BASE = '/iam';
export const SIGNED: ReadonlySet<string> = new Set([
  'GET /v1/tenants/{tenantId}/roles',
  'PUT /v1/tenants/{tenantId}/roles/{role}',
  'GET /v1/tenants/{tenantId}/roles/{role}',
  'DELETE /v1/tenants/{tenantId}/roles/{role}',
  'POST /v1/apis',
  'GET /v1/apis',
  'GET /v1/apis/{apiId}',
  'PATCH /v1/apis/{apiId}',
  'PUT /v1/apis/{apiId}/openapi',
  'GET /v1/apis/{apiId}/openapi',
  'POST /v1/products',
  'GET /v1/products',
  'GET /v1/products/{productId}',
  'PATCH /v1/products/{productId}',
]);
