import { Names, RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/**
 * An API's access log. Its name begins as it does because CloudWatch Logs then needs no resource policy for it: the
 * service that writes adds one for each other group, to a policy that ends at 5,120 characters («Enable logging from
 * AWS services»). Not encrypted with our key, for the reason given at the functions' logs.
 */
export function accessLogGroup(scope: Construct, id: string, logRetentionDays: number): LogGroup {
  const name = Names.uniqueResourceName(scope, { separator: '-', maxLength: 200 });
  return new LogGroup(scope, id, {
    logGroupName: `/aws/vendedlogs/keywright/${name}-${id}`,
    retention: logRetentionDays as RetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

/**
 * Nothing that callers write themselves, such as `User-Agent`: API Gateway does not promise to escape it, so it
 * could break out of its quotes and take the line, or its own name for a field, with it.
 */
const REQUEST = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  requestTimeEpoch: '$context.requestTimeEpoch',
  responseLatency: '$context.responseLatency',
  responseLength: '$context.responseLength',
  status: '$context.status',
  protocol: '$context.protocol',
  sourceIp: '$context.identity.sourceIp',
};

/** What the authorizer says of an admitted or denied caller: public ids and codes, never a key. */
const IDS = {
  keyId: '$context.authorizer.keyId',
  tenantId: '$context.authorizer.tenantId',
  environment: '$context.authorizer.environment',
  keyType: '$context.authorizer.keyType',
  role: '$context.authorizer.role',
  subscriptionId: '$context.authorizer.subscriptionId',
  productId: '$context.authorizer.productId',
  secretId: '$context.authorizer.secretId',
  slot: '$context.authorizer.slot',
  route: '$context.authorizer.route',
  errorCode: '$context.authorizer.errorCode',
};
/** An issuer's text comes first: should it break out of its quotes, the fields after it win. */
const CALLER = { oauthClientId: '$context.authorizer.oauthClientId', ...IDS };
/** Of a REST API. */
const METHOD = { httpMethod: '$context.httpMethod', resourcePath: '$context.resourcePath' };

/** Log lines as JSON; the route and not the path as called, since a caller may put a key into any part of a URL. */
export const ACCESS_LOG = {
  rest: JSON.stringify({
    ...REQUEST,
    ...METHOD,
    ...CALLER,
  }),
  http: JSON.stringify({
    ...REQUEST,
    httpMethod: '$context.httpMethod',
    routeKey: '$context.routeKey',
    authorizerError: '$context.authorizer.error',
    ...CALLER,
  }),
  management: JSON.stringify({
    ...REQUEST,
    routeKey: '$context.routeKey',
    authorizerError: '$context.authorizer.error',
    subject: '$context.authorizer.subject',
    principal: '$context.identity.userArn',
  }),
} as const;

/** The format of one API's log, in which its usage can be told from other APIs'. @param apiId `api_…` */
export function accessLogOf(kind: 'rest' | 'http', apiId: string): string {
  return JSON.stringify({ ...JSON.parse(ACCESS_LOG[kind]), apiId });
}

/**
 * The format of a REST API's lines that go straight to files. API Gateway puts nothing between two of them, so each
 * ends itself; and nothing in it is a text of anybody else's, an issuer's neither, who could end a line and begin
 * another. `extendedRequestId` tells requests apart, since callers may choose `requestId`.
 */
export function fileLineOf(apiId: string): string {
  const line = { ...REQUEST, ...METHOD, ...IDS, extendedRequestId: '$context.extendedRequestId', apiId };
  return `${JSON.stringify(line)}\n`;
}
