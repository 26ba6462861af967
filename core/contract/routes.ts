import type { ManagementFunction, ManagementRoute, Role } from './management-route.ts';

const ALL: readonly Role[] = ['admin', 'developer', 'auditor'];
const ADMIN: readonly Role[] = ['admin'];
/** Who may act on subscriptions of a tenant that the person acts for. */
const SUBSCRIBERS: readonly Role[] = ['admin', 'developer'];
/** Routes that are not for people who sign in. */
const NOBODY = [] as const;
const READERS: readonly Role[] = ['admin', 'auditor'];

const tenant = '/v1/tenants/{tenantId}';
const subscription = '/v1/subscriptions/{subscriptionId}';
const api = '/v1/apis/{apiId}';
const clientKey = `${api}/client-key`;
const product = '/v1/products/{productId}';
const key = `${tenant}/keys/{keyId}`;
const approval = '/v1/approvals/{approvalId}';
const alert = '/v1/alerts/{alertId}';
const member = `${tenant}/members/{sub}`;
const invitations = `${tenant}/invitations`;
const ownSessions = '/v1/me/sessions';
const signUp = '/v1/sign-ups/{signUpId}';

/**
 * The management API's routes: which function serves each and who may call it. `lib/` makes the HTTP
 * API and the public REST API from it, `core/management` enforces it, the OpenAPI document and the permission tests read it.
 */
export const ROUTES = [
  route('members', 'GET /v1/me', 'getMe', ALL, 'anyone'),
  route('members', `GET ${ownSessions}`, 'listMySessions', ALL, 'anyone'),
  route('members', `DELETE ${ownSessions}/{sessionId}`, 'endMySession', ALL, 'anyone', 'mfa', 'brake'),
  route('members', 'GET /v1/me/notifications', 'getNotifications', ALL, 'anyone'),
  route('members', 'PUT /v1/me/notifications', 'putNotifications', ALL, 'anyone', 'mfa'),
  route('members', 'DELETE /v1/me/memberships/{tenantId}', 'leaveTenant', ALL, 'mfa', 'brake'),
  route('members', `GET ${tenant}/members`, 'listMembers', ALL),
  route('members', `PATCH ${member}`, 'updateMember', ADMIN, 'mfa'),
  route('members', `DELETE ${member}`, 'removeMember', ADMIN, 'mfa', 'brake'),
  route('members', `GET ${member}/sessions`, 'listMemberSessions', ADMIN),
  route('members', `DELETE ${member}/sessions/{sessionId}`, 'endMemberSession', ADMIN, 'mfa', 'brake'),
  route('members', `POST ${invitations}`, 'createInvitation', ADMIN, 'mfa'),
  route('members', `GET ${invitations}`, 'listInvitations', READERS),
  route('members', `POST ${invitations}/import`, 'importInvitations', ADMIN, 'mfa'),
  route('members', `DELETE ${invitations}/{invitationId}`, 'deleteInvitation', ADMIN, 'mfa', 'brake'),
  route('members', 'POST /v1/invitations/accept', 'acceptInvitation', ALL, 'anyone', 'mfa'),

  route('sign-ups', 'POST /v1/sign-ups', 'createSignUp', ALL, 'anyone', 'mfa'),
  route('sign-ups', 'GET /v1/sign-ups', 'listSignUps', ALL, 'anyone'),
  route('sign-ups', `POST ${signUp}/approve`, 'approveSignUp', ADMIN, 'everyTenant', 'mfa', 'recentSignIn'),
  route('sign-ups', `POST ${signUp}/reject`, 'rejectSignUp', ADMIN, 'everyTenant', 'mfa', 'brake'),

  route('tenants', 'POST /v1/tenants', 'createTenant', ADMIN, 'everyTenant', 'mfa'),
  route('tenants', 'GET /v1/tenants', 'listTenants', ALL),
  route('tenants', `GET ${tenant}`, 'getTenant', ALL),
  // It suspends, too.
  route('tenants', `PATCH ${tenant}`, 'updateTenant', ADMIN, 'mfa', 'brake'),
  route('tenants', `GET ${tenant}/roles`, 'listRoles', ALL, 'configures'),
  route('tenants', `PUT ${tenant}/roles/{role}`, 'putRole', ADMIN, 'mfa', 'configures'),
  route('tenants', `GET ${tenant}/roles/{role}`, 'getRole', ALL, 'configures'),
  route('tenants', `DELETE ${tenant}/roles/{role}`, 'deleteRole', ADMIN, 'mfa', 'configures'),

  route('keys', `POST ${tenant}/keys`, 'createKey', ADMIN, 'mfa'),
  route('keys', `GET ${tenant}/keys`, 'listKeys', ALL),
  route('keys', `POST ${tenant}/keys/import`, 'importKeys', ADMIN, 'mfa'),
  route('keys', `GET ${tenant}/keys/import`, 'getKeyImport', READERS),
  route('keys', 'POST /v1/imports/release', 'releaseImport', ADMIN, 'everyTenant', 'mfa'),
  route('keys', 'GET /v1/keys', 'findKeys', ALL),
  route('keys', 'GET /v1/keys/{keyId}', 'getKeyById', ALL),
  route('keys', `GET ${key}`, 'getKey', ALL),
  route('keys', `PATCH ${key}`, 'updateKey', ADMIN, 'mfa'),
  route('keys', `POST ${key}/rotate`, 'rotateKey', ADMIN, 'acts', 'mfa', 'recentSignIn'),
  route('keys', `POST ${key}/end-overlap`, 'endOverlap', ADMIN, 'acts', 'mfa', 'brake'),
  route('keys', `POST ${key}/disable`, 'disableKey', ADMIN, 'acts', 'mfa', 'brake'),
  route('keys', `POST ${key}/enable`, 'enableKey', ADMIN, 'acts', 'mfa'),
  route('keys', `GET ${key}/rotation`, 'getKeyRotation', ALL),
  route('keys', `PUT ${key}/rotation`, 'putKeyRotation', ADMIN, 'mfa', 'recentSignIn'),
  route('keys', `DELETE ${key}/rotation`, 'deleteKeyRotation', ADMIN, 'mfa', 'brake'),
  route('keys', `POST ${key}/revoke`, 'revokeKey', ADMIN, 'acts', 'mfa', 'recentSignIn', 'brake'),

  route('apis', 'POST /v1/apis', 'createApi', ADMIN, 'everyTenant', 'mfa', 'configures'),
  route('apis', 'GET /v1/apis', 'listApis', ALL, 'configures'),
  route('apis', `GET ${api}`, 'getApi', ALL, 'configures'),
  route('apis', `PATCH ${api}`, 'updateApi', ADMIN, 'everyTenant', 'mfa', 'configures'),
  route('apis', `PUT ${api}/openapi`, 'putApiOpenApi', ADMIN, 'everyTenant', 'mfa', 'configures'),
  route('apis', `GET ${api}/openapi`, 'getApiOpenApi', ALL, 'configures'),
  route(
    'apis',
    `POST ${clientKey}/reveal`,
    'revealClientKey',
    ADMIN,
    'acts',
    'everyTenant',
    'mfa',
    'recentSignIn',
  ),
  route(
    'apis',
    `POST ${clientKey}/regenerate`,
    'regenerateClientKey',
    ADMIN,
    'acts',
    'everyTenant',
    'mfa',
    'recentSignIn',
  ),
  route(
    'apis',
    `POST ${clientKey}/publish`,
    'publishClientKey',
    ADMIN,
    'acts',
    'everyTenant',
    'mfa',
    'recentSignIn',
  ),
  route(
    'apis',
    `POST ${clientKey}/unpublish`,
    'unpublishClientKey',
    ADMIN,
    'acts',
    'everyTenant',
    'mfa',
    'brake',
  ),

  route('products', 'POST /v1/products', 'createProduct', ADMIN, 'everyTenant', 'mfa', 'configures'),
  route('products', 'GET /v1/catalogue', 'getCatalogue', NOBODY, { requestsPerSecond: 50 }),
  route('products', 'GET /v1/products', 'listProducts', ALL, 'configures'),
  route('products', `GET ${product}`, 'getProduct', ALL, 'configures'),
  route('products', `PATCH ${product}`, 'updateProduct', ADMIN, 'everyTenant', 'mfa', 'configures'),

  route('subscriptions', 'POST /v1/subscriptions', 'createSubscription', SUBSCRIBERS, 'mfa'),
  route('subscriptions', 'GET /v1/subscriptions', 'listSubscriptions', ALL),
  route('subscriptions', `POST ${tenant}/subscriptions/import`, 'importSubscriptions', ADMIN, 'mfa'),
  route('subscriptions', `GET ${tenant}/subscriptions/import`, 'getSubscriptionImport', READERS),
  route('subscriptions', `GET ${subscription}`, 'getSubscription', ALL),
  route('subscriptions', `PATCH ${subscription}`, 'updateSubscription', SUBSCRIBERS, 'mfa'),
  route(
    'subscriptions',
    `POST ${subscription}/approve`,
    'approveSubscription',
    ADMIN,
    'acts',
    'mfa',
    'recentSignIn',
  ),
  route('subscriptions', `POST ${subscription}/reject`, 'rejectSubscription', ADMIN, 'acts', 'mfa', 'brake'),
  route(
    'subscriptions',
    `POST ${subscription}/withdraw`,
    'withdrawSubscription',
    SUBSCRIBERS,
    'acts',
    'mfa',
    'brake',
  ),
  route(
    'subscriptions',
    `POST ${subscription}/suspend`,
    'suspendSubscription',
    ADMIN,
    'acts',
    'mfa',
    'brake',
  ),
  route('subscriptions', `POST ${subscription}/resume`, 'resumeSubscription', ADMIN, 'acts', 'mfa'),
  route(
    'subscriptions',
    `POST ${subscription}/cancel`,
    'cancelSubscription',
    SUBSCRIBERS,
    'acts',
    'mfa',
    'brake',
  ),
  route('subscriptions', `GET ${subscription}/rotation`, 'getSubscriptionRotation', ALL),
  route(
    'subscriptions',
    `PUT ${subscription}/rotation`,
    'putSubscriptionRotation',
    SUBSCRIBERS,
    'mfa',
    'recentSignIn',
  ),
  route(
    'subscriptions',
    `DELETE ${subscription}/rotation`,
    'deleteSubscriptionRotation',
    SUBSCRIBERS,
    'mfa',
    'brake',
  ),
  route(
    'subscriptions',
    `POST ${subscription}/keys/reveal`,
    'revealSubscriptionKeys',
    SUBSCRIBERS,
    'acts',
    'mfa',
    'recentSignIn',
  ),
  route(
    'subscriptions',
    `POST ${subscription}/keys/{slot}/regenerate`,
    'regenerateSubscriptionKey',
    SUBSCRIBERS,
    'acts',
    'mfa',
    'recentSignIn',
  ),

  // Developers read the records of subscriptions and members.
  route('audit', 'GET /v1/audit', 'listAudit', ALL),
  route('audit', 'GET /v1/audit/export', 'exportAudit', ALL),
  route('audit', 'GET /v1/audit/verify', 'verifyAudit', READERS),
  route('audit', 'GET /v1/audit/chain', 'getAuditChain', READERS),

  route('usage', 'GET /v1/summary', 'getSummary', ALL),
  route('usage', 'GET /v1/usage', 'getUsage', ALL),
  route('usage', 'GET /v1/explain/{requestId}', 'explainRefusal', ADMIN),
  route('usage', `POST ${tenant}/roles/{role}/dry-run`, 'tryRole', ADMIN, 'mfa'),
  route('usage', `POST ${api}/dry-run`, 'tryApi', ADMIN, 'everyTenant', 'mfa'),
  route('usage', `POST ${key}/dry-run`, 'tryKey', ADMIN, 'mfa'),
  route('usage', `GET ${key}/overlap`, 'getOverlap', ALL),
  route('usage', 'GET /v1/keys/{keyId}/overlap', 'getOverlapById', ALL),
  route('usage', `GET ${key}/receipt`, 'getReceipt', ALL),

  route('approvals', 'GET /v1/approvals', 'listApprovals', ALL),
  route('approvals', `GET ${approval}`, 'getApproval', ALL),
  route('approvals', `POST ${approval}/approve`, 'approveApproval', ADMIN, 'acts', 'mfa', 'recentSignIn'),
  route('approvals', `POST ${approval}/reject`, 'rejectApproval', ADMIN, 'acts', 'mfa', 'brake'),
  route('approvals', `POST ${approval}/withdraw`, 'withdrawApproval', SUBSCRIBERS, 'acts', 'mfa', 'brake'),
  // A developer may have asked for what shows keys of a subscription.
  route('approvals', `POST ${approval}/claim`, 'claimApproval', SUBSCRIBERS, 'acts', 'mfa', 'recentSignIn'),

  route('alerts', 'GET /v1/alerts', 'listAlerts', READERS),
  route('alerts', `GET ${alert}`, 'getAlert', READERS),
  route('alerts', `POST ${alert}/acknowledge`, 'acknowledgeAlert', ADMIN, 'acts', 'mfa'),
  route('alerts', `POST ${alert}/assign`, 'assignAlert', ADMIN, 'acts', 'mfa'),
  route('alerts', `POST ${alert}/snooze`, 'snoozeAlert', ADMIN, 'acts', 'mfa'),

  route('leaks', 'POST /v1/leaks', 'reportLeaks', NOBODY, 'exposed', { requestsPerSecond: 50 }),
  // GitHub's reports must get through while others send what only looks like them: a signature is checked first.
  route('leaks', 'POST /v1/leaks/github', 'reportLeaksFromGitHub', NOBODY, 'exposed', {
    requestsPerSecond: 1000,
  }),

  route('verify', 'POST /v1/verify', 'verify', NOBODY, 'iam', { requestsPerSecond: 2000 }),

  route('rotation', 'POST /v1/rotation/{credentialId}', 'registerSecret', NOBODY, 'iam', {
    requestsPerSecond: 50,
  }),

  route('openapi', 'GET /v1/.well-known/keywright', 'discover', NOBODY, { requestsPerSecond: 50 }),
  route('openapi', 'GET /openapi.json', 'getOpenApi', NOBODY, { requestsPerSecond: 50 }),
] as const satisfies readonly ManagementRoute[];

export type Operation = (typeof ROUTES)[number]['operation'];

type Route<Name, Key, OperationId, Roles> = ManagementRoute & {
  readonly function: Name;
  readonly key: Key;
  readonly operation: OperationId;
  readonly roles: Roles;
};

/** What of a route is true or absent. */
type Mark = {
  [name in keyof ManagementRoute]-?: true extends ManagementRoute[name] ? name : never;
}[keyof ManagementRoute];

/** A route of the management API; `marks` name what is true of it. */
function route<
  const Name extends ManagementFunction,
  const Key extends string,
  const OperationId extends string,
  Roles extends readonly Role[],
>(
  name: Name,
  key: Key,
  operation: OperationId,
  roles: Roles,
  ...marks: readonly (Mark | Pick<ManagementRoute, 'requestsPerSecond'>)[]
): Route<Name, Key, OperationId, Roles> {
  const marked = marks.map((mark) => (typeof mark === 'string' ? { [mark]: true } : mark));
  return Object.assign({ key, operation, function: name, roles }, ...marked);
}
