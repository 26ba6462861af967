/** What stacks, functions, portal and tests agree on about sign-in by a backend for the frontend. */

/** Routes of the function `session`, as API Gateway spells route keys. No authorizer stands before them. */
export const AUTH_ROUTES = [
  'GET /auth/login',
  'GET /auth/step-up',
  'GET /auth/callback',
  'GET /auth/session',
  'POST /auth/logout',
] as const;

export type AuthRoute = (typeof AUTH_ROUTES)[number];

/** Where the issuer sends people back to, below a portal's origin. */
export const CALLBACK_PATH = '/auth/callback';

/** A request by cookie that changes something carries it, which a form of another site can't. */
export const CSRF_HEADER = { name: 'x-keywright', value: '1' } as const;

/** Loopback ports of the command's sign-in, tried in turn: an issuer may want each redirect registered. */
export const CLI_CALLBACK_URLS = [8976, 8977, 8978].map((port) => `http://localhost:${port}/callback`);

/** A session ends when it was not used for this long. */
export const IDLE_SECONDS = 3600;
/** A session ends after this long, however it is used. */
export const LONGEST_SESSION_SECONDS = 12 * 3600;

/** What the people's authorizer may find wrong with a request: the function that serves it answers. */
export type CredentialProblem = 'csrf' | 'two_credentials' | 'unavailable';

/** A session as far as the functions behind the authorizer need to know it. */
export interface CurrentSession {
  /** `session_` and the SHA-256 of the cookie, in hex. */
  readonly sessionId: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  /** When it ends, however it is used. ISO 8601 UTC. */
  readonly endsAt: string;
  /** Whether the person was asked to sign in so lately that nothing more need be confirmed. */
  readonly isRecent: boolean;
}

/** The context that the people's authorizer hands to functions: who calls, or why nobody is let in. */
export interface PeopleContext {
  readonly problem?: CredentialProblem;
  /** The person's `sub`, for the access log. */
  readonly subject?: string;
  /** Of an access token, or of a session's sign-in. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly session?: CurrentSession;
}
