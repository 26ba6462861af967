import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { OriginSecret } from '../aws/origin-secret.ts';
import type { ManagementRoute } from '../contract/management-route.ts';
import { ROUTES } from '../contract/routes.ts';
import type { RandomBytes } from '../domain/ground/base62.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import { readIfMatch } from '../domain/ground/entity-tag.ts';
import { eventId } from '../domain/ground/event-id.ts';
import { notFound } from '../domain/ground/not-found.ts';
import type { KeyFormat } from '../domain/keys/key-format.ts';
import {
  actorOf,
  admit,
  type Claims,
  type Membership,
  needsMemberships,
  personOf,
  roleIn,
} from '../domain/people/person.ts';
import type { Waiting } from '../store/conflict.ts';
import { carriesKey } from './carried-key.ts';
import { errorAnswer } from './error-answer.ts';
import { type Answer, mayHaveIfMatch, type Operation } from './operation.ts';
import { bodyText, readRequest, requireSize } from './request-reader.ts';
import { fromViewer } from './viewer-address.ts';

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;

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

const ROUTE_BY_KEY: ReadonlyMap<string, ManagementRoute & { operation: string }> = new Map(
  ROUTES.map((route) => [route.key, route]),
);

/**
 * The Lambda handler of one function of the management API: payload 2.0 events of an HTTP API with a JWT
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

  async function handle(received: Event): Promise<APIGatewayProxyStructuredResultV2> {
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
  event: Event,
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
  if (route.iam) admitPrincipal(event);
  const caller = route.roles.length === 0 ? {} : await callerOf(event, route, dependencies);
  const { requestId, http } = event.requestContext;
  const request = { ...caller, requestId, sourceIp: http?.sourceIp, ...readRequest(event, schema) };
  return operation.run(request, dependencies);
}

/** API Gateway has checked signature and policy; a route that lost its authorization lets nobody in. */
function admitPrincipal({ requestContext }: Event): void {
  const { iam } = Object(requestContext.authorizer) as { iam?: { userArn?: unknown } | null };
  if (typeof iam?.userArn !== 'string') {
    throw new DomainError(
      'forbidden',
      'This is for principals of AWS: sign the request with Signature Version 4 for execute-api',
    );
  }
}

async function callerOf(event: Event, route: ManagementRoute, dependencies: HandlerDependencies) {
  const { now, randomBytes, memberships } = dependencies;
  const { authorizer, http, requestId } = event.requestContext;
  const claims: Claims = authorizer?.jwt?.claims ?? {};
  const tenantId = event.pathParameters?.tenantId;
  const signedIn = personOf(claims);
  const person = admit(
    needsMemberships(signedIn, route, tenantId)
      ? { ...signedIn, memberships: (await memberships?.(signedIn.sub, tenantId)) ?? [] }
      : signedIn,
    route,
    tenantId,
  );
  const time = now();
  const actor = actorOf(person, http.sourceIp);
  const ifMatch = mayHaveIfMatch(route) ? event.headers['if-match'] : undefined;
  const context = {
    now: time,
    actor,
    requestId,
    eventId: eventId(time, randomBytes),
    ...(ifMatch !== undefined && { ifMatch: readIfMatch(ifMatch) }),
    ...(person.memberRoles.size > 0 && { roleIn: (id: string) => roleIn(person, id) }),
  };
  return { person, context };
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
