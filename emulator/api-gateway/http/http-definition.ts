import * as z from 'zod';
import type { TemplateStack } from '../../template/resources.ts';
import { bySpecificity, isGreedy, type PathPattern, parsePattern } from '../path-pattern.ts';
import { accessLogOf, type Declared, resourcesOfType } from '../resource-list.ts';
import type { ThrottleLimits } from '../throttle.ts';

export interface HttpApiDefinition {
  readonly id: string;
  readonly name: string;
  readonly cors: CorsConfiguration | null;
  /** In the order in which they are tried, `$default` last. */
  readonly routes: readonly HttpRoute[];
  readonly stages: readonly HttpStageDefinition[];
}

export interface HttpRoute {
  /** `GET /v1/{proxy+}`, `ANY /v1` or `$default`. */
  readonly key: string;
  /** `ANY` for every method. */
  readonly method: string;
  /** Null for `$default`, which matches every path. */
  readonly pattern: PathPattern | null;
  readonly authorizer: HttpLambdaAuthorizer | HttpJwtAuthorizer | HttpIamAuthorizer | null;
  /** A token must have one of them, where there are any. */
  readonly scopes: readonly string[];
  readonly integration: HttpIntegration;
}

interface HttpIntegration {
  readonly uri: string;
  readonly payloadFormat: '1.0' | '2.0';
  readonly timeoutMilliseconds: number;
}

export interface HttpLambdaAuthorizer {
  readonly type: 'REQUEST';
  readonly id: string;
  readonly uri: string;
  readonly payloadFormat: '1.0' | '2.0';
  readonly simpleResponses: boolean;
  readonly identitySources: readonly string[];
  readonly ttlSeconds: number;
}

export interface HttpJwtAuthorizer {
  readonly type: 'JWT';
  readonly id: string;
  readonly identitySource: string;
  readonly issuer: string;
  readonly audience: readonly string[];
}

/** Requests signed by principals of AWS. */
export interface HttpIamAuthorizer {
  readonly type: 'AWS_IAM';
  /** What a signature has to be for. */
  readonly service: 'execute-api' | 'lambda';
}

export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number | null;
}

export interface HttpStageDefinition {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly accessLog: { readonly format: string; readonly destinationArn: string } | null;
  limitsOf(routeKey: string): Partial<ThrottleLimits> | undefined;
}

const Lists = z.array(z.string()).default([]);
const Cors = z.object({
  AllowOrigins: Lists,
  AllowMethods: Lists,
  AllowHeaders: Lists,
  ExposeHeaders: Lists,
  AllowCredentials: z.boolean().default(false),
  MaxAge: z.number().optional(),
});
const Api = z.object({
  Name: z.string(),
  ProtocolType: z.enum(['HTTP', 'WEBSOCKET']),
  CorsConfiguration: Cors.optional(),
  Body: z.undefined({ error: 'is not emulated' }).optional(),
});
const Route = z.object({
  ApiId: z.string(),
  RouteKey: z.string(),
  AuthorizationType: z.enum(['NONE', 'CUSTOM', 'JWT', 'AWS_IAM']).default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: Lists,
  Target: z.string(),
});
const Integration = z.object({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.enum(['1.0', '2.0']),
  TimeoutInMillis: z.number().min(50).max(30_000).default(30_000),
});
const Authorizer = z.discriminatedUnion('AuthorizerType', [
  z.object({
    ApiId: z.string(),
    AuthorizerType: z.literal('REQUEST'),
    AuthorizerUri: z.string(),
    AuthorizerPayloadFormatVersion: z.enum(['1.0', '2.0']),
    EnableSimpleResponses: z.boolean().default(false),
    IdentitySource: Lists,
    AuthorizerResultTtlInSeconds: z.number().default(0),
  }),
  z.object({
    ApiId: z.string(),
    AuthorizerType: z.literal('JWT'),
    IdentitySource: z.tuple([z.string()]),
    JwtConfiguration: z.object({ Audience: Lists, Issuer: z.string() }),
  }),
]);
const RouteSettings = z.object({
  ThrottlingRateLimit: z.number().optional(),
  ThrottlingBurstLimit: z.number().optional(),
});
const Stage = z.object({
  ApiId: z.string(),
  StageName: z.string(),
  StageVariables: z.record(z.string(), z.string()).default({}),
  DefaultRouteSettings: RouteSettings.default({}),
  RouteSettings: z.record(z.string(), RouteSettings).default({}),
  AccessLogSettings: z.object({ Format: z.string(), DestinationArn: z.string() }).optional(),
});

/**
 * Reads the HTTP APIs of an app's templates. Throws where they use something that is not emulated.
 * WebSocket APIs are passed over.
 */
export function readHttpApis(stacks: readonly TemplateStack[]): HttpApiDefinition[] {
  const apis = resourcesOfType(stacks, 'AWS::ApiGatewayV2::Api', Api);
  const http = apis.filter(({ properties }) => properties.ProtocolType === 'HTTP');
  if (http.length === 0) return [];
  const routes = resourcesOfType(stacks, 'AWS::ApiGatewayV2::Route', Route);
  const integrations = resourcesOfType(stacks, 'AWS::ApiGatewayV2::Integration', Integration);
  const authorizers = resourcesOfType(stacks, 'AWS::ApiGatewayV2::Authorizer', Authorizer);
  const stages = resourcesOfType(stacks, 'AWS::ApiGatewayV2::Stage', Stage);
  return http.map(({ id, properties }) => {
    const ofThisApi = (declared: Declared<{ ApiId: string }>) => declared.properties.ApiId === id;
    return {
      id,
      name: properties.Name,
      cors: properties.CorsConfiguration ? corsConfiguration(properties.CorsConfiguration) : null,
      routes: routes
        .filter(ofThisApi)
        .map((route) => httpRoute(route.properties, integrations, authorizers))
        .toSorted(byPrecedence),
      stages: stages.filter(ofThisApi).map((stage) => httpStage(stage.properties)),
    };
  });
}

/**
 * "Full match for a route and method", then greedy ones, then `$default` (Working with routes for HTTP
 * APIs). Among several of a kind the more specific path comes first, then the method before `ANY`.
 */
export function byPrecedence(a: HttpRoute, b: HttpRoute): number {
  if (a.pattern === null || b.pattern === null)
    return Number(a.pattern === null) - Number(b.pattern === null);
  return (
    Number(isGreedy(a.pattern)) - Number(isGreedy(b.pattern)) ||
    bySpecificity(a.pattern, b.pattern) ||
    Number(a.method === 'ANY') - Number(b.method === 'ANY')
  );
}

function httpRoute(
  route: z.output<typeof Route>,
  integrations: readonly Declared<z.output<typeof Integration>>[],
  authorizers: readonly Declared<z.output<typeof Authorizer>>[],
): HttpRoute {
  const { RouteKey: key, Target: target } = route;
  const integration = integrations.find(({ id }) => target === `integrations/${id}`)?.properties;
  if (integration === undefined) throw new Error(`route ${key} names ${target}, which no template declares`);
  const [method = '', path] = key === '$default' ? ['ANY'] : key.split(' ');
  return {
    key,
    method,
    pattern: path === undefined ? null : parsePattern(path),
    authorizer: routeAuthorizer(route, authorizers, integration.PayloadFormatVersion),
    scopes: route.AuthorizationScopes,
    integration: {
      uri: integration.IntegrationUri,
      payloadFormat: integration.PayloadFormatVersion,
      timeoutMilliseconds: integration.TimeoutInMillis,
    },
  };
}

function routeAuthorizer(
  route: z.output<typeof Route>,
  authorizers: readonly Declared<z.output<typeof Authorizer>>[],
  payloadFormat: '1.0' | '2.0',
): HttpRoute['authorizer'] {
  if (route.AuthorizationType === 'NONE') return null;
  if (route.AuthorizationType === 'AWS_IAM') {
    if (payloadFormat === '2.0') return { type: 'AWS_IAM', service: 'execute-api' };
    throw new Error(`route ${route.RouteKey}: AWS_IAM with payload format 1.0 is not emulated`);
  }
  const declared = authorizers.find(({ id }) => id === route.AuthorizerId);
  if (declared === undefined) {
    throw new Error(
      `route ${route.RouteKey} names authorizer ${route.AuthorizerId}, which no template declares`,
    );
  }
  const { id, properties } = declared;
  if (properties.AuthorizerType === 'JWT') {
    const [identitySource] = properties.IdentitySource;
    const { Issuer: issuer, Audience: audience } = properties.JwtConfiguration;
    return { type: 'JWT', id, identitySource, issuer, audience };
  }
  return {
    type: 'REQUEST',
    id,
    uri: properties.AuthorizerUri,
    payloadFormat: properties.AuthorizerPayloadFormatVersion,
    simpleResponses: properties.EnableSimpleResponses,
    identitySources: properties.IdentitySource,
    ttlSeconds: properties.AuthorizerResultTtlInSeconds,
  };
}

function corsConfiguration(cors: z.output<typeof Cors>): CorsConfiguration {
  return {
    allowOrigins: cors.AllowOrigins,
    allowMethods: cors.AllowMethods,
    allowHeaders: cors.AllowHeaders,
    exposeHeaders: cors.ExposeHeaders,
    allowCredentials: cors.AllowCredentials,
    maxAgeSeconds: cors.MaxAge ?? null,
  };
}

function httpStage(stage: z.output<typeof Stage>): HttpStageDefinition {
  const limits = (settings: z.output<typeof RouteSettings> | undefined): Partial<ThrottleLimits> => ({
    ...(settings?.ThrottlingRateLimit === undefined ? {} : { ratePerSecond: settings.ThrottlingRateLimit }),
    ...(settings?.ThrottlingBurstLimit === undefined ? {} : { burst: settings.ThrottlingBurstLimit }),
  });
  return {
    name: stage.StageName,
    variables: stage.StageVariables,
    accessLog: accessLogOf('HTTP', stage.AccessLogSettings),
    limitsOf: (routeKey) => ({
      ...limits(stage.DefaultRouteSettings),
      ...limits(stage.RouteSettings[routeKey]),
    }),
  };
}
