export type Role = 'admin' | 'developer' | 'auditor';

/** A Lambda function of the management API; also the name of its folder below `functions/`. */
export type ManagementFunction =
  | 'tenants'
  | 'keys'
  | 'apis'
  | 'products'
  | 'subscriptions'
  | 'audit'
  | 'approvals'
  | 'usage'
  | 'alerts'
  | 'leaks'
  | 'verify'
  | 'rotation'
  | 'members'
  | 'sign-ups'
  | 'openapi';

/** Below it routes that people call too take signed requests: a route of an HTTP API has one authorizer. */
export const SIGNED_BASE = '/iam';

export interface ManagementRoute {
  /** `METHOD /path`, as API Gateway spells a route key. */
  readonly key: string;
  /** OpenAPI's operationId. */
  readonly operation: string;
  readonly function: ManagementFunction;
  /** Who may call it; empty for routes that are not for people who sign in. */
  readonly roles: readonly Role[];
  /** True where whoever signs in may call it, with a role or without. */
  readonly anyone?: true;
  /** True where only a person who acts for every tenant (`*`) may call it. */
  readonly everyTenant?: true;
  /** True where the sign-in must have used a second factor. */
  readonly mfa?: true;
  /** True where who comes by a session must have signed in within the last minutes: it shows or ends credentials. */
  readonly recentSignIn?: true;
  /** True where AWS's own principals call it: requests are signed, and IAM says whose are let in. */
  readonly iam?: true;
  /**
   * True where it configures, and neither makes nor shows a credential: AWS's own principals may call it as well, by
   * the same path below `SIGNED_BASE`, for whom IAM says what people's roles say.
   */
  readonly configures?: true;
  /**
   * True of a POST that changes the item its path names, in a way of its own: like a PUT, PATCH or DELETE it is done
   * to what the request's `If-Match` expects.
   */
  readonly acts?: true;
  /** True where a call stops or ends something: it has to get through whatever else is going on. */
  readonly brake?: true;
  /**
   * True where strangers may change something by it: then it is served by a REST API of its own, which AWS WAF
   * can stand before, and not by the HTTP API for people, before which nothing can.
   */
  readonly exposed?: true;
  /** Requests a second that the route takes of everybody together; the API's own limit where absent. */
  readonly requestsPerSecond?: number;
}

/** The route key under which AWS's own principals call what configures. */
export function signedKey({ key }: Pick<ManagementRoute, 'key'>): string {
  return key.replace(' ', ` ${SIGNED_BASE}`);
}
