import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { FORWARDED } from '../../core/contract/forwarded.ts';
import {
  type AuthRoute,
  CALLBACK_PATH,
  CSRF_HEADER,
  LONGEST_SESSION_SECONDS,
} from '../../core/contract/session.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { personOf } from '../../core/domain/people/person.ts';
import { isFromOwnPage, returnPathOf } from '../../core/domain/people/same-origin.ts';
import { isAlive, type Session, startSession, userAgentOf } from '../../core/domain/people/session.ts';
import {
  type CookieNames,
  cookieNamesOf,
  nameFor,
  sessionCookieIn,
  setCookie,
} from '../../core/domain/people/session-cookie.ts';
import { errorAnswer } from '../../core/management/error-answer.ts';
import { fromViewer } from '../../core/management/viewer-address.ts';
import { sessionIdOf } from '../../core/store/session-store.ts';
import type { SessionDependencies } from './dependencies.ts';
import { contextFor, endWhereAlive } from './end-session.ts';
import { IssuerRefusal, type Tokens } from './issuer.ts';
import { HEADERS, json, problemPage, redirect } from './page.ts';
import { LONGEST_SIGN_IN_SECONDS, noted, noteSignIn, type SignInUnderWay } from './sign-in.ts';

type Answer = Promise<APIGatewayProxyStructuredResultV2>;

const COOKIE_BYTES = 32;
/** How far the issuer's clock may be behind. */
const CLOCK_SKEW_MILLISECONDS = 60_000;

/** Answers `/auth/…`. It never throws, and never logs what a request or an answer holds. */
export function sessionHandler(dependencies: SessionDependencies) {
  const names = cookieNamesOf(dependencies.origins);
  return async (received: APIGatewayProxyEventV2): Answer => {
    const event = await fromViewer(received, dependencies.origin);
    const call = new Call(event, names, dependencies);
    const answer = await call.answer().catch((error: unknown) => {
      const { requestId } = event.requestContext;
      const { status } = errorAnswer(error, requestId);
      dependencies.logger.error('sign-in failed', { requestId, error: error as Error });
      return error instanceof DomainError && status < 500
        ? problemPage(status, error.message)
        : problemPage(503, 'Something that sign-in needs did not answer. Try again.');
    });
    const { requestId, routeKey } = event.requestContext;
    dependencies.logger.info('sign-in answered', { requestId, route: routeKey, status: answer.statusCode });
    return answer;
  };
}

/** One request. */
class Call {
  readonly #event: APIGatewayProxyEventV2;
  readonly #names: CookieNames;
  readonly #dependencies: SessionDependencies;

  constructor(event: APIGatewayProxyEventV2, names: CookieNames, dependencies: SessionDependencies) {
    this.#event = event;
    this.#names = names;
    this.#dependencies = dependencies;
  }

  answer(): Answer {
    switch (this.#event.routeKey as AuthRoute) {
      case 'GET /auth/login':
        return this.#begin();
      case 'GET /auth/step-up':
        return this.#stepUp();
      case 'GET /auth/callback':
        return this.#callback();
      case 'GET /auth/session':
        return this.#session();
      case 'POST /auth/logout':
        return this.#signOut();
    }
  }

  async #begin(session?: Session): Answer {
    const { issuer, now } = this.#dependencies;
    const { returnTo } = this.#event.queryStringParameters ?? {};
    const redirectUri = this.#origin() + CALLBACK_PATH;
    const { url, pending } = await issuer.begin(redirectUri, session && { loginHint: session.email });
    const signIn: SignInUnderWay = {
      ...pending,
      returnTo: returnPathOf(returnTo),
      beganAt: now().getTime(),
      replaces: session?.sessionId ?? (await this.#current())?.sessionId,
      confirms: session?.sub,
    };
    const { cookies = [], headers } = this.#event;
    const from = { names: this.#names.signIn, cookies, userAgent: headers['user-agent'] };
    return redirect(url.href, noteSignIn(signIn, from));
  }

  /** Who has no session confirms nothing, and signs in as usual. */
  async #stepUp(): Answer {
    return this.#begin(await this.#current());
  }

  async #callback(): Answer {
    const { issuer, now, logger } = this.#dependencies;
    const { cookies = [], rawQueryString, queryStringParameters } = this.#event;
    const found = noted(queryStringParameters?.state ?? '', cookies, this.#names.signIn);
    if (found === undefined || isOver(found.signIn, now()))
      return problemPage(400, 'This sign-in was not begun in this browser, or took longer than ten minutes.');
    const { signIn, cookie } = found;
    const url = new URL(`${this.#origin()}${CALLBACK_PATH}?${rawQueryString}`);
    const tokens = await issuer.finish(url, signIn).catch((error: unknown) => {
      if (error instanceof IssuerRefusal) return error;
      throw error;
    });
    if (tokens instanceof IssuerRefusal) {
      logger.info('the issuer refused a sign-in', { code: tokens.code });
      return problemPage(400, refusalText(tokens.code), [cookie]);
    }
    const fault = stepUpFault(signIn, tokens);
    if (fault !== undefined) return problemPage(403, fault, [cookie]);
    return redirect(returnPathOf(signIn.returnTo), [cookie, await this.#start(tokens, signIn)]);
  }

  /** The new session's cookie. The one before is ended once the new one is there: nobody is left without. */
  async #start({ claims, refreshToken, tokenEndsAt }: Tokens, signIn: SignInUnderWay): Promise<string> {
    const { sessions, sealed, now, randomBytes } = this.#dependencies;
    const { headers, requestContext } = this.#event;
    const value = Buffer.from(randomBytes(COOKIE_BYTES)).toString('base64url');
    const sessionId = sessionIdOf(value);
    const change = startSession(
      {
        sessionId,
        claims,
        ip: requestContext.http.sourceIp,
        userAgent: userAgentOf(headers['user-agent']),
        refreshToken: (refreshToken && (await sealed.seal(refreshToken, { session: sessionId }))) ?? null,
        tokenEndsAt,
      },
      contextFor(requestContext.requestId, { now, randomBytes }),
    );
    await sessions.create(change);
    const before = signIn.replaces === undefined ? undefined : await sessions.get(signIn.replaces);
    // What the cookie names is the browser's own word.
    if (before?.sub === change.state.sub) await this.#end(before, 'replaced');
    const name = nameFor(this.#names.session, headers['user-agent']);
    return setCookie(name, value, { seconds: LONGEST_SESSION_SECONDS, sameSite: 'Strict' });
  }

  async #session(): Answer {
    const session = await this.#current();
    if (session === undefined) return json({ session: null });
    const { sessionId, sub, email, claims, startedAt, endsAt } = session;
    const { mfa, authTime } = personOf(claims);
    const shown = {
      sessionId,
      sub,
      email,
      mfa,
      authTime: authTime?.toISOString() ?? null,
      startedAt,
      endsAt,
    };
    return json({ session: shown });
  }

  /** Answers a form by leading on to the issuer's, and a script by saying where that is. */
  async #signOut(): Answer {
    const { issuer, origins } = this.#dependencies;
    const { headers, requestContext } = this.#event;
    if (!isFromOwnPage(headers, origins)) return this.#refused(requestContext.requestId);
    const session = await this.#current();
    if (session !== undefined) await this.#end(session, 'signedOut');
    const location = (await issuer.signOutUrl(`${this.#origin()}/`).catch(() => undefined)) ?? '/';
    const gone = this.#names.session.map((name) => setCookie(name, '', { seconds: 0, sameSite: 'Strict' }));
    return headers[CSRF_HEADER.name] === undefined ? redirect(location, gone) : json({ location }, gone);
  }

  #refused(requestId: string): APIGatewayProxyStructuredResultV2 {
    const error = new DomainError(
      'csrf',
      'Signing out is for pages of the portal: send this from its own origin',
    );
    const { status, body } = errorAnswer(error, requestId);
    return {
      statusCode: status,
      headers: { ...HEADERS, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
  }

  async #end(session: Session, reason: 'replaced' | 'signedOut'): Promise<void> {
    const { http, requestId } = this.#event.requestContext;
    await endWhereAlive(session, reason, { ip: http.sourceIp, requestId }, this.#dependencies);
  }

  async #current(): Promise<Session | undefined> {
    const { sessions, now } = this.#dependencies;
    const cookie = sessionCookieIn(this.#event.cookies ?? [], this.#names);
    if (cookie === undefined || cookie === 'unclear') return undefined;
    const session = await sessions.get(sessionIdOf(cookie.value));
    return session !== undefined && isAlive(session, now()) ? session : undefined;
  }

  /** One of the portals' own, whoever says which. */
  #origin(): string {
    const { origins } = this.#dependencies;
    const origin = this.#event.headers[FORWARDED.origin];
    return origins.find((own) => own === origin) ?? origins[0];
  }
}

function isOver({ beganAt }: SignInUnderWay, now: Date): boolean {
  return now.getTime() - beganAt > LONGEST_SIGN_IN_SECONDS * 1000;
}

/** Why a sign-in confirms nothing; undefined where it does, and where it need not. */
function stepUpFault({ confirms, beganAt }: SignInUnderWay, { claims }: Tokens): string | undefined {
  if (confirms === undefined) return undefined;
  const { sub, authTime } = personOf(claims);
  if (sub !== confirms) return 'You confirmed as somebody else than you were signed in as. Sign in anew.';
  const isAnew = authTime !== undefined && authTime.getTime() >= beganAt - CLOCK_SKEW_MILLISECONDS;
  return isAnew ? undefined : 'Who signs people in did not ask you again, so nothing was confirmed.';
}

function refusalText(code: string): string {
  return code === 'access_denied'
    ? 'You cancelled, or who signs people in did not let you.'
    : 'Who signs people in did not accept this sign-in. Begin anew.';
}
