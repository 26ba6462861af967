import type { ManagementRoute, Role } from './management-route.ts';

const ALL: readonly Role[] = ['admin', 'developer', 'auditor'];
const ADMIN: readonly Role[] = ['admin'];
/** Who may act on subscriptions of a tenant that the person acts for. */
const SUBSCRIBERS: readonly Role[] = ['admin', 'developer'];
const READERS: readonly Role[] = ['admin', 'auditor'];

const tenant = '/v1/tenants/{tenantId}';
const subscription = '/v1/subscriptions/{subscriptionId}';
const key = `${tenant}/keys/{keyId}`;
const approval = '/v1/approvals/{approvalId}';
const alert = '/v1/alerts/{alertId}';
const member = `${tenant}/members/{sub}`;
const invitations = `${tenant}/invitations`;
const signUp = '/v1/sign-ups/{signUpId}';

/**
 * The management API's routes: which function serves each and who may call it. `lib/` makes the HTTP
 * API and the public REST API from it, `core/management` enforces it, the OpenAPI document and the permission tests read it.
 */
export const ROUTES = [
  { key: 'GET /v1/me', operation: 'getMe', function: 'members', roles: ALL, anyone: true },
  {
    key: 'GET /v1/me/notifications',
    operation: 'getNotifications',
    function: 'members',
    roles: ALL,
    anyone: true,
  },
  {
    key: 'PUT /v1/me/notifications',
    operation: 'putNotifications',
    function: 'members',
    roles: ALL,
    anyone: true,
    mfa: true,
  },
  {
    key: 'DELETE /v1/me/memberships/{tenantId}',
    operation: 'leaveTenant',
    function: 'members',
    roles: ALL,
    mfa: true,
    brake: true,
  },
  { key: `GET ${tenant}/members`, operation: 'listMembers', function: 'members', roles: ALL },
  { key: `PATCH ${member}`, operation: 'updateMember', function: 'members', roles: ADMIN, mfa: true },
  {
    key: `DELETE ${member}`,
    operation: 'removeMember',
    function: 'members',
    roles: ADMIN,
    mfa: true,
    brake: true,
  },
  { key: `POST ${invitations}`, operation: 'createInvitation', function: 'members', roles: ADMIN, mfa: true },
  { key: `GET ${invitations}`, operation: 'listInvitations', function: 'members', roles: READERS },
  {
    key: `POST ${invitations}/import`,
    operation: 'importInvitations',
    function: 'members',
    roles: ADMIN,
    mfa: true,
  },
  {
    key: `DELETE ${invitations}/{invitationId}`,
    operation: 'deleteInvitation',
    function: 'members',
    roles: ADMIN,
    mfa: true,
    brake: true,
  },
  {
    key: 'POST /v1/invitations/accept',
    operation: 'acceptInvitation',
    function: 'members',
    roles: ALL,
    anyone: true,
    mfa: true,
  },

  {
    key: 'POST /v1/sign-ups',
    operation: 'createSignUp',
    function: 'sign-ups',
    roles: ALL,
    anyone: true,
    mfa: true,
  },
  { key: 'GET /v1/sign-ups', operation: 'listSignUps', function: 'sign-ups', roles: ALL, anyone: true },
  {
    key: `POST ${signUp}/approve`,
    operation: 'approveSignUp',
    function: 'sign-ups',
    roles: ADMIN,
    everyTenant: true,
    mfa: true,
  },
  {
    key: `POST ${signUp}/reject`,
    operation: 'rejectSignUp',
    function: 'sign-ups',
    roles: ADMIN,
    everyTenant: true,
    mfa: true,
    brake: true,
  },

  {
    key: 'POST /v1/tenants',
    operation: 'createTenant',
    function: 'tenants',
    roles: ADMIN,
    everyTenant: true,
    mfa: true,
  },
  { key: 'GET /v1/tenants', operation: 'listTenants', function: 'tenants', roles: ALL },
  { key: `GET ${tenant}`, operation: 'getTenant', function: 'tenants', roles: ALL },
  {
    key: `PATCH ${tenant}`,
    operation: 'updateTenant',
    function: 'tenants',
    roles: ADMIN,
    mfa: true,
    // It suspends, too.
    brake: true,
  },
  { key: `GET ${tenant}/roles`, operation: 'listRoles', function: 'tenants', roles: ALL },
  { key: `PUT ${tenant}/roles/{role}`, operation: 'putRole', function: 'tenants', roles: ADMIN, mfa: true },
  { key: `GET ${tenant}/roles/{role}`, operation: 'getRole', function: 'tenants', roles: ALL },
  {
    key: `DELETE ${tenant}/roles/{role}`,
    operation: 'deleteRole',
    function: 'tenants',
    roles: ADMIN,
    mfa: true,
  },

  { key: `POST ${tenant}/keys`, operation: 'createKey', function: 'keys', roles: ADMIN, mfa: true },
  { key: `GET ${tenant}/keys`, operation: 'listKeys', function: 'keys', roles: ALL },
  {
    key: `POST ${tenant}/keys/import`,
    operation: 'importKeys',
    function: 'keys',
    roles: ADMIN,
    mfa: true,
  },
  { key: `GET ${tenant}/keys/import`, operation: 'getKeyImport', function: 'keys', roles: READERS },
  {
    key: 'POST /v1/imports/release',
    operation: 'releaseImport',
    function: 'keys',
    roles: ADMIN,
    everyTenant: true,
    mfa: true,
  },
  { key: `GET ${key}`, operation: 'getKey', function: 'keys', roles: ALL },
  { key: `PATCH ${key}`, operation: 'updateKey', function: 'keys', roles: ADMIN, mfa: true },
  { key: `POST ${key}/rotate`, operation: 'rotateKey', function: 'keys', roles: ADMIN, mfa: true },
  {
    key: `POST ${key}/end-overlap`,
    operation: 'endOverlap',
    function: 'keys',
    roles: ADMIN,
    mfa: true,
    brake: true,
  },
  {
    key: `POST ${key}/disable`,
    operation: 'disableKey',
    function: 'keys',
    roles: ADMIN,
    mfa: true,
    brake: true,
  },
  { key: `POST ${key}/enable`, operation: 'enableKey', function: 'keys', roles: ADMIN, mfa: true },
  {
    key: `POST ${key}/revoke`,
    operation: 'revokeKey',
    function: 'keys',
    roles: ADMIN,
    mfa: true,
    brake: true,
  },

  {
    key: 'POST /v1/apis',
    operation: 'createApi',
    function: 'apis',
    roles: ADMIN,
    everyTenant: true,
    mfa: true,
  },
  { key: 'GET /v1/apis', operation: 'listApis', function: 'apis', roles: ALL },
  { key: 'GET /v1/apis/{apiId}', operation: 'getApi', function: 'apis', roles: ALL },
  {
    key: 'PATCH /v1/apis/{apiId}',
    operation: 'updateApi',
    function: 'apis',
    roles: ADMIN,
    everyTenant: true,
    mfa: true,
  },

  {
    key: 'POST /v1/apis/{apiId}/client-key/reveal',
    operation: 'revealClientKey',
    function: 'apis',
    roles: ADMIN,
    everyTenant: true,
    mfa: true,
  },
  {
    key: 'POST /v1/apis/{apiId}/client-key/regenerate',
    operation: 'regenerateClientKey',
    function: 'apis',
    roles: ADMIN,
    everyTenant: true,
    mfa: true,
  },

  {
    key: 'POST /v1/products',
    operation: 'createProduct',
    function: 'products',
    roles: ADMIN,
    everyTenant: true,
    mfa: true,
  },
  { key: 'GET /v1/products', operation: 'listProducts', function: 'products', roles: ALL },
  { key: 'GET /v1/products/{productId}', operation: 'getProduct', function: 'products', roles: ALL },
  {
    key: 'PATCH /v1/products/{productId}',
    operation: 'updateProduct',
    function: 'products',
    roles: ADMIN,
    everyTenant: true,
    mfa: true,
  },

  {
    key: 'POST /v1/subscriptions',
    operation: 'createSubscription',
    function: 'subscriptions',
    roles: SUBSCRIBERS,
    mfa: true,
  },
  { key: 'GET /v1/subscriptions', operation: 'listSubscriptions', function: 'subscriptions', roles: ALL },
  {
    key: `POST ${tenant}/subscriptions/import`,
    operation: 'importSubscriptions',
    function: 'subscriptions',
    roles: ADMIN,
    mfa: true,
  },
  {
    key: `GET ${tenant}/subscriptions/import`,
    operation: 'getSubscriptionImport',
    function: 'subscriptions',
    roles: READERS,
  },
  { key: `GET ${subscription}`, operation: 'getSubscription', function: 'subscriptions', roles: ALL },
  {
    key: `PATCH ${subscription}`,
    operation: 'updateSubscription',
    function: 'subscriptions',
    roles: SUBSCRIBERS,
    mfa: true,
  },
  {
    key: `POST ${subscription}/approve`,
    operation: 'approveSubscription',
    function: 'subscriptions',
    roles: ADMIN,
    mfa: true,
  },
  {
    key: `POST ${subscription}/reject`,
    operation: 'rejectSubscription',
    function: 'subscriptions',
    roles: ADMIN,
    mfa: true,
    brake: true,
  },
  {
    key: `POST ${subscription}/withdraw`,
    operation: 'withdrawSubscription',
    function: 'subscriptions',
    roles: SUBSCRIBERS,
    mfa: true,
    brake: true,
  },
  {
    key: `POST ${subscription}/suspend`,
    operation: 'suspendSubscription',
    function: 'subscriptions',
    roles: ADMIN,
    mfa: true,
    brake: true,
  },
  {
    key: `POST ${subscription}/resume`,
    operation: 'resumeSubscription',
    function: 'subscriptions',
    roles: ADMIN,
    mfa: true,
  },
  {
    key: `POST ${subscription}/cancel`,
    operation: 'cancelSubscription',
    function: 'subscriptions',
    roles: SUBSCRIBERS,
    mfa: true,
    brake: true,
  },
  {
    key: `POST ${subscription}/keys/reveal`,
    operation: 'revealSubscriptionKeys',
    function: 'subscriptions',
    roles: SUBSCRIBERS,
    mfa: true,
  },
  {
    key: `POST ${subscription}/keys/{slot}/regenerate`,
    operation: 'regenerateSubscriptionKey',
    function: 'subscriptions',
    roles: SUBSCRIBERS,
    mfa: true,
  },

  // Developers read the records of subscriptions and members.
  { key: 'GET /v1/audit', operation: 'listAudit', function: 'audit', roles: ALL },
  { key: 'GET /v1/audit/export', operation: 'exportAudit', function: 'audit', roles: ALL },
  { key: 'GET /v1/audit/verify', operation: 'verifyAudit', function: 'audit', roles: READERS },

  { key: 'GET /v1/summary', operation: 'getSummary', function: 'usage', roles: ALL },
  { key: 'GET /v1/usage', operation: 'getUsage', function: 'usage', roles: ALL },
  { key: 'GET /v1/explain/{requestId}', operation: 'explainRefusal', function: 'usage', roles: ADMIN },
  {
    key: `POST ${tenant}/roles/{role}/dry-run`,
    operation: 'tryRole',
    function: 'usage',
    roles: ADMIN,
    mfa: true,
  },
  { key: `POST ${key}/dry-run`, operation: 'tryKey', function: 'usage', roles: ADMIN, mfa: true },
  { key: `GET ${key}/overlap`, operation: 'getOverlap', function: 'usage', roles: ALL },

  { key: 'GET /v1/approvals', operation: 'listApprovals', function: 'approvals', roles: ALL },
  { key: `GET ${approval}`, operation: 'getApproval', function: 'approvals', roles: ALL },
  {
    key: `POST ${approval}/approve`,
    operation: 'approveApproval',
    function: 'approvals',
    roles: ADMIN,
    mfa: true,
  },
  {
    key: `POST ${approval}/reject`,
    operation: 'rejectApproval',
    function: 'approvals',
    roles: ADMIN,
    mfa: true,
    brake: true,
  },
  {
    key: `POST ${approval}/withdraw`,
    operation: 'withdrawApproval',
    function: 'approvals',
    roles: SUBSCRIBERS,
    mfa: true,
    brake: true,
  },
  {
    key: `POST ${approval}/claim`,
    operation: 'claimApproval',
    function: 'approvals',
    // A developer may have asked for what shows keys of a subscription.
    roles: SUBSCRIBERS,
    mfa: true,
  },

  { key: 'GET /v1/alerts', operation: 'listAlerts', function: 'alerts', roles: READERS },
  { key: `GET ${alert}`, operation: 'getAlert', function: 'alerts', roles: READERS },
  {
    key: `POST ${alert}/acknowledge`,
    operation: 'acknowledgeAlert',
    function: 'alerts',
    roles: ADMIN,
    mfa: true,
  },
  { key: `POST ${alert}/assign`, operation: 'assignAlert', function: 'alerts', roles: ADMIN, mfa: true },
  { key: `POST ${alert}/snooze`, operation: 'snoozeAlert', function: 'alerts', roles: ADMIN, mfa: true },

  {
    key: 'POST /v1/leaks',
    operation: 'reportLeaks',
    function: 'leaks',
    roles: [],
    exposed: true,
    requestsPerSecond: 50,
  },
  {
    key: 'POST /v1/leaks/github',
    operation: 'reportLeaksFromGitHub',
    function: 'leaks',
    roles: [],
    exposed: true,
    // GitHub's reports must get through while others send what only looks like them: a signature is checked first.
    requestsPerSecond: 1000,
  },

  {
    key: 'POST /v1/verify',
    operation: 'verify',
    function: 'verify',
    roles: [],
    iam: true,
    requestsPerSecond: 2000,
  },

  {
    key: 'GET /openapi.json',
    operation: 'getOpenApi',
    function: 'openapi',
    roles: [],
    requestsPerSecond: 50,
  },
] as const satisfies readonly ManagementRoute[];

export type Operation = (typeof ROUTES)[number]['operation'];
