import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type {
  APIGatewayProxyEventV2WithLambdaAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import type { OriginSecret } from '../aws/origin-secret.ts';
import type { Actor } from '../contract/events.ts';
import { type ManagementRoute, signedKey } from '../contract/management-route.ts';
import { ROUTES } from '../contract/routes.ts';
import type { CredentialProblem, PeopleContext } from '../contract/session.ts';
import type { ChangeContext } from '../domain/audit/audit-event.ts';
import type { RandomBytes } from '../domain/ground/base62.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import { readIfMatch } from '../domain/ground/entity-tag.ts';
import { eventId } from '../domain/ground/event-id.ts';
import { notFound } from '../domain/ground/not-found.ts';
import type { KeyFormat } from '../domain/keys/key-format.ts';
import {
  actorOf,
  admit,
  type Membership,
  needsMemberships,
  type Person,
  personOf,
  roleIn,
} from '../domain/people/person.ts';
import { actorOfPrincipal, configuring, principalOf } from '../domain/people/principal.ts';
import type { Waiting } from '../store/conflict.ts';
import { carriesKey } from './carried-key.ts';
import { errorAnswer } from './error-answer.ts';
import { type Answer, mayHaveIfMatch, type Operation, type OperationSchema } from './operation.ts';
import { bodyText, readRequest, requireSize } from './request-reader.ts';
import { fromViewer } from './viewer-address.ts';

/** What API Gateway hands to a function of the management API. */
export type ManagementEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<PeopleContext | undefined>;

/** What every function of the management API needs. */
export interface HandlerDependencies {
  readonly now: () => Date;
  /** A cryptographically secure source. */
  readonly randomBytes: RandomBytes;
  /** The operator's key grammar, to recognise keys that have no business here. */
  readonly keyFormat: KeyFormat;
  /**
   * What a person is by membership in this tenant, or in all where it is undefined, read consistently: who was
   * removed is no member from then on. Absent where no person calls.
   */
  readonly memberships?: (sub: string, tenantId: string | undefined) => Promise<readonly Membership[]>;
  /** By which CloudFront is known, whose word on who calls is taken then. Absent where it is never believed. */
  readonly origin?: OriginSecret;
  /** How it is waited before what others were first in is decided again; by the clock unless a test says otherwise. */
  readonly waiting?: Waiting;
  readonly logger?: Logger;
}

type Route = ManagementRoute & { readonly operation: string };

/** By API Gateway's route keys; what configures has one for people, and one for AWS's own principals. */
const ROUTE_BY_KEY: ReadonlyMap<string, Route> = new Map(
  (ROUTES as readonly Route[]).flatMap((route): [string, Route][] => [
    [route.key, route],
    ...(route.configures ? [[signedKey(route), { ...route, iam: true } as const] as [string, Route]] : []),
  ]),
);

/**
 * The Lambda handler of one function of the management API: payload 2.0 events of an HTTP API with the people's
 * authorizer in, answers in the contract's shapes out. It never throws and never logs a request's or an
 * answer's contents.
 * @param operations by the operations' names in the contract's routes
 */
export function managementHandler<Dependencies extends HandlerDependencies>(
  operations: Readonly<Record<string, Operation<Dependencies>>>,
  dependencies: Dependencies,
) {
  const { logger = new Logger() } = dependencies;
  const metrics = new Metrics();

  async function handle(received: ManagementEvent): Promise<APIGatewayProxyStructuredResultV2> {
    const { requestId } = received.requestContext;
    const event = await fromViewer(received, dependencies.origin);
    const route = ROUTE_BY_KEY.get(event.routeKey);
    const answer = await respond(event, route, route && operations[route.operation], dependencies).catch(
      (error: unknown) => {
        const failure = errorAnswer(error, requestId);
        if (failure.status >= 500) logger.error('request failed', { requestId, error: error as Error });
        return failure;
      },
    );
    logger.info('request answered', { requestId, operation: route?.operation, status: answer.status });
    metrics.addDimension('status', `${Math.floor(answer.status / 100)}xx`);
    metrics.addMetric('ManagementAnswers', MetricUnit.Count, 1);
    return toResult(answer, requestId);
  }

  // An answer can hold a secret, and an event a token: neither is traced or logged.
  return middy(handle)
    .use(captureLambdaHandler(new Tracer(), { captureResponse: false }))
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .use(logMetrics(metrics));
}

async function respond<Dependencies extends HandlerDependencies>(
  event: ManagementEvent,
  route: ManagementRoute | undefined,
  operation: Operation<Dependencies> | undefined,
  dependencies: Dependencies,
): Promise<Answer> {
  if (route === undefined || operation === undefined) throw notFound();
  const { schema } = operation;
  requireSize(event, schema);
  if (carriesKey(event, schema.acceptsKeys ? '' : bodyText(event), dependencies.keyFormat)) {
    throw new DomainError(
      'key_not_accepted',
      'Managing keys is for people who sign in: this request carries an API key, send it without',
    );
  }
  const caller = await callerOf(event, route, schema, dependencies);
  const { requestId, http } = event.requestContext;
  const request = { ...caller, requestId, sourceIp: http?.sourceIp, ...readRequest(event, schema) };
  return operation.run(request, dependencies);
}

async function callerOf(
  event: ManagementEvent,
  route: ManagementRoute,
  { signed }: OperationSchema,
  dependencies: HandlerDependencies,
) {
  if (signed || (route.iam && route.configures)) return principalCaller(event, route, dependencies);
  if (route.iam) return void signerOf(event);
  return route.roles.length === 0 ? {} : personCaller(event, route, dependencies);
}

/** API Gateway has checked signature and policy; a route that lost its authorization lets nobody in. */
function signerOf({ requestContext }: ManagementEvent): string {
  const { iam } = Object(requestContext.authorizer) as { iam?: { userArn?: unknown } | null };
  if (typeof iam?.userArn === 'string') return iam.userArn;
  throw new DomainError(
    'forbidden',
    'This is for principals of AWS: sign the request with Signature Version 4 for execute-api',
  );
}

/** Who changes something, and so has to be somebody of this account. */
function principalCaller(event: ManagementEvent, route: ManagementRoute, dependencies: HandlerDependencies) {
  const { requestContext } = event;
  const principal = principalOf(signerOf(event), requestContext.accountId);
  // A policy is held against the path as it was sent: one that is written in another way would pass by what it denies.
  if (event.rawPath.includes('%')) throw notFound();
  const context = contextOf(
    event,
    route,
    actorOfPrincipal(principal, requestContext.http.sourceIp),
    dependencies,
  );
  return { principal, context, ...(route.configures && { person: configuring(principal) }) };
}

async function personCaller(
  event: ManagementEvent,
  route: ManagementRoute,
  dependencies: HandlerDependencies,
) {
  const { memberships } = dependencies;
  const { authorizer, http } = event.requestContext;
  const { claims = {}, problem, session } = authorizer?.lambda ?? {};
  if (problem !== undefined) throw refusalOf(problem);
  const tenantId = event.pathParameters?.tenantId;
  const signedIn: Person = { ...personOf(claims), ...(session && { session }) };
  const membershipsIn = async (named: string | undefined) => (await memberships?.(signedIn.sub, named)) ?? [];
  let known = needsMemberships(signedIn, route, tenantId) ? await membershipsIn(tenantId) : [];
  // Whoever is a member elsewhere is told the same of this tenant as of one that does not exist.
  if (known.length === 0 && tenantId !== undefined && signedIn.role === undefined)
    known = await membershipsIn(undefined);
  const person = admit({ ...signedIn, memberships: known }, route, tenantId);
  const context = contextOf(event, route, actorOf(person, http.sourceIp), dependencies);
  const hasRoles = person.memberRoles.size > 0;
  const standing = {
    isOperator: person.tenants === '*',
    ...(hasRoles && { roleIn: (id: string) => roleIn(person, id) }),
  };
  return { person, context: { ...context, ...standing } };
}

function contextOf(
  { headers, requestContext }: ManagementEvent,
  route: ManagementRoute,
  actor: Actor,
  { now, randomBytes }: HandlerDependencies,
): ChangeContext {
  const time = now();
  const ifMatch = mayHaveIfMatch(route) ? headers['if-match'] : undefined;
  return {
    now: time,
    actor,
    requestId: requestContext.requestId,
    eventId: eventId(time, randomBytes),
    ...(ifMatch !== undefined && { ifMatch: readIfMatch(ifMatch) }),
  };
}

/** What the authorizer found wrong and has no answer for. */
function refusalOf(problem: CredentialProblem): DomainError {
  switch (problem) {
    case 'csrf':
      return new DomainError(
        'csrf',
        'A change by cookie is for pages of the portal: send x-keywright: 1 from its own origin, or an access token',
      );
    case 'two_credentials':
      return new DomainError(
        'invalid_request',
        'This request carries an access token and the portal’s cookie: send one of them',
        { param: 'Authorization' },
      );
    case 'unavailable':
      return new DomainError('dependency_unavailable', 'Who you are could not be found out; retry shortly');
  }
}

function toResult(answer: Answer, requestId: string): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: answer.status,
    headers: {
      ...(answer.body !== undefined && { 'content-type': 'application/json' }),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      ...answer.headers,
    },
    ...(answer.body !== undefined && { body: JSON.stringify(answer.body) }),
    ...(answer.text !== undefined && { body: answer.text }),
  };
}
