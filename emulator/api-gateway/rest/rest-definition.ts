import * as z from 'zod';
import type { TemplateStack } from '../../template/resources.ts';
import { type PathPattern, parsePattern } from '../path-pattern.ts';
import { accessLogOf, type Declared, resourcesOfType } from '../resource-list.ts';
import type { ThrottleLimits } from '../throttle.ts';
import { parseVelocity, type VelocityTemplate } from './velocity.ts';

export interface RestDefinition {
  readonly id: string;
  readonly name: string;
  readonly binaryMediaTypes: readonly string[];
  /** Where methods that require an API key take it from. */
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  /** Only those with a method: the others can't be called. */
  readonly resources: readonly RestResource[];
  readonly gatewayResponses: ReadonlyMap<string, DeclaredGatewayResponse>;
  readonly stages: readonly RestStageDefinition[];
}

interface RestResource {
  readonly id: string;
  readonly pattern: PathPattern;
  /** By HTTP method, `ANY` included. */
  readonly methods: ReadonlyMap<string, RestMethod>;
}

export interface RestMethod {
  readonly apiKeyRequired: boolean;
  readonly authorizer: RestAuthorizerDefinition | null;
  readonly integration: ProxyIntegration | MockIntegration;
}

export interface ProxyIntegration {
  readonly type: 'AWS_PROXY';
  readonly uri: string;
  readonly timeoutMilliseconds: number;
}

export interface MockIntegration {
  readonly type: 'MOCK';
  readonly passthroughBehavior: string;
  readonly requestTemplates: ReadonlyMap<string, VelocityTemplate>;
  readonly responses: readonly MockResponse[];
}

export interface MockResponse {
  readonly statusCode: number;
  readonly selectionPattern: string | undefined;
  /** Header name to mapping expression. */
  readonly headers: ReadonlyMap<string, string>;
  readonly templates: ReadonlyMap<string, VelocityTemplate>;
}

export interface RestAuthorizerDefinition {
  readonly id: string;
  readonly type: 'TOKEN' | 'REQUEST';
  readonly uri: string;
  readonly identitySources: readonly string[];
  readonly ttlSeconds: number;
  /** A token must match it as a whole. */
  readonly validation: RegExp | null;
}

interface DeclaredGatewayResponse {
  readonly statusCode: number | null;
  readonly headers: ReadonlyMap<string, string>;
  readonly templates: ReadonlyMap<string, string>;
}

export interface RestStageDefinition {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly accessLog: { readonly format: string; readonly destinationArn: string } | null;
  limitsOf(resourcePath: string, httpMethod: string): Partial<ThrottleLimits> | undefined;
}

const Texts = z.record(z.string(), z.string()).default({});
const NotSupported = z.undefined({ error: 'is not emulated' }).optional();

const Api = z.object({
  Name: z.string(),
  ApiKeySourceType: z.enum(['HEADER', 'AUTHORIZER']).default('HEADER'),
  BinaryMediaTypes: z.array(z.string()).default([]),
  Body: NotSupported,
  BodyS3Location: NotSupported,
});
const Resource = z.object({ RestApiId: z.string(), ParentId: z.string(), PathPart: z.string() });
const Integration = z.discriminatedUnion('Type', [
  z.object({
    Type: z.literal('AWS_PROXY'),
    Uri: z.string(),
    TimeoutInMillis: z.number().min(50).max(29_000).default(29_000),
  }),
  z.object({
    Type: z.literal('MOCK'),
    PassthroughBehavior: z.string().default('WHEN_NO_MATCH'),
    RequestTemplates: Texts,
    IntegrationResponses: z
      .array(
        z.object({
          StatusCode: z.coerce.number(),
          SelectionPattern: z.string().optional(),
          ResponseParameters: Texts,
          ResponseTemplates: Texts,
        }),
      )
      .default([]),
  }),
]);
const Method = z.object({
  RestApiId: z.string(),
  ResourceId: z.string(),
  HttpMethod: z.string(),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']).default('NONE'),
  AuthorizerId: z.string().optional(),
  ApiKeyRequired: z.boolean().default(false),
  Integration,
});
const Authorizer = z.object({
  RestApiId: z.string(),
  Type: z.enum(['TOKEN', 'REQUEST']),
  AuthorizerUri: z.string(),
  IdentitySource: z.string().default(''),
  IdentityValidationExpression: z.string().optional(),
  AuthorizerResultTtlInSeconds: z.number().default(300),
});
const GatewayResponse = z.object({
  RestApiId: z.string(),
  ResponseType: z.string(),
  StatusCode: z.coerce.number().optional(),
  ResponseParameters: Texts,
  ResponseTemplates: Texts,
});
const MethodSetting = z.object({
  HttpMethod: z.string().default('*'),
  ResourcePath: z.string().default('/*'),
  ThrottlingRateLimit: z.number().optional(),
  ThrottlingBurstLimit: z.number().optional(),
});
const Stage = z.object({
  RestApiId: z.string(),
  StageName: z.string(),
  Variables: Texts,
  MethodSettings: z.array(MethodSetting).default([]),
  AccessLogSetting: z.object({ Format: z.string(), DestinationArn: z.string() }).optional(),
});

/** Reads the REST APIs of an app's templates. Throws where they use something that is not emulated. */
export function readRestApis(stacks: readonly TemplateStack[]): RestDefinition[] {
  const resources = resourcesOfType(stacks, 'AWS::ApiGateway::Resource', Resource);
  const methods = resourcesOfType(stacks, 'AWS::ApiGateway::Method', Method);
  const authorizers = resourcesOfType(stacks, 'AWS::ApiGateway::Authorizer', Authorizer);
  const gatewayResponses = resourcesOfType(stacks, 'AWS::ApiGateway::GatewayResponse', GatewayResponse);
  const stages = resourcesOfType(stacks, 'AWS::ApiGateway::Stage', Stage);
  return resourcesOfType(stacks, 'AWS::ApiGateway::RestApi', Api).map(({ id, properties }) => {
    const ofThisApi = (declared: Declared<{ RestApiId: string }>) => declared.properties.RestApiId === id;
    return {
      id,
      name: properties.Name,
      binaryMediaTypes: properties.BinaryMediaTypes,
      apiKeySource: properties.ApiKeySourceType,
      resources: restResources(methods.filter(ofThisApi), resources.filter(ofThisApi), authorizers),
      gatewayResponses: new Map(
        gatewayResponses.filter(ofThisApi).map((declared) => gatewayResponse(declared.properties)),
      ),
      stages: stages.filter(ofThisApi).map((declared) => restStage(declared.properties)),
    };
  });
}

function restResources(
  methods: readonly Declared<z.output<typeof Method>>[],
  resources: readonly Declared<z.output<typeof Resource>>[],
  authorizers: readonly Declared<z.output<typeof Authorizer>>[],
): RestResource[] {
  const byId = new Map(resources.map((resource) => [resource.id, resource.properties]));
  // The root has no resource of its own: whatever is not in the map is the root.
  const pathOf = (id: string): string => {
    const resource = byId.get(id);
    return resource === undefined ? '' : `${pathOf(resource.ParentId)}/${resource.PathPart}`;
  };
  return [...Map.groupBy(methods, (method) => method.properties.ResourceId)].map(([id, own]) => ({
    id,
    pattern: parsePattern(pathOf(id) || '/'),
    methods: new Map(
      own.map(({ properties }) => [properties.HttpMethod, restMethod(properties, authorizers)]),
    ),
  }));
}

function restMethod(
  method: z.output<typeof Method>,
  authorizers: readonly Declared<z.output<typeof Authorizer>>[],
): RestMethod {
  const declared = authorizers.find(({ id }) => id === method.AuthorizerId);
  if (method.AuthorizationType === 'CUSTOM' && declared === undefined) {
    throw new Error(
      `a ${method.HttpMethod} method names authorizer ${method.AuthorizerId}, which no template declares`,
    );
  }
  const guarded = method.AuthorizationType === 'CUSTOM' ? declared : undefined;
  return {
    apiKeyRequired: method.ApiKeyRequired,
    authorizer: guarded ? restAuthorizer(guarded.id, guarded.properties) : null,
    integration: integration(method.Integration),
  };
}

function integration(declared: z.output<typeof Integration>): ProxyIntegration | MockIntegration {
  if (declared.Type === 'AWS_PROXY') {
    return { type: 'AWS_PROXY', uri: declared.Uri, timeoutMilliseconds: declared.TimeoutInMillis };
  }
  return {
    type: 'MOCK',
    passthroughBehavior: declared.PassthroughBehavior,
    requestTemplates: templates(declared.RequestTemplates),
    responses: declared.IntegrationResponses.map((response) => ({
      statusCode: response.StatusCode,
      selectionPattern: response.SelectionPattern,
      headers: withoutPrefix(response.ResponseParameters, 'method.response.header.'),
      templates: templates(response.ResponseTemplates),
    })),
  };
}

function restAuthorizer(id: string, declared: z.output<typeof Authorizer>): RestAuthorizerDefinition {
  const { IdentityValidationExpression: expression } = declared;
  return {
    id,
    type: declared.Type,
    uri: declared.AuthorizerUri,
    identitySources: declared.IdentitySource.split(',')
      .map((source) => source.trim())
      .filter(Boolean),
    ttlSeconds: declared.AuthorizerResultTtlInSeconds,
    validation: expression === undefined ? null : new RegExp(`^(?:${expression})$`),
  };
}

function gatewayResponse(declared: z.output<typeof GatewayResponse>): [string, DeclaredGatewayResponse] {
  return [
    declared.ResponseType,
    {
      statusCode: declared.StatusCode ?? null,
      headers: withoutPrefix(declared.ResponseParameters, 'gatewayresponse.header.'),
      templates: new Map(Object.entries(declared.ResponseTemplates)),
    },
  ];
}

function restStage(declared: z.output<typeof Stage>): RestStageDefinition {
  const settings = declared.MethodSettings.map((setting) => ({
    path: setting.ResourcePath.replace(/^\/(?=~1)/, '').replaceAll('~1', '/'),
    method: setting.HttpMethod,
    limits: {
      ...(setting.ThrottlingRateLimit === undefined ? {} : { ratePerSecond: setting.ThrottlingRateLimit }),
      ...(setting.ThrottlingBurstLimit === undefined ? {} : { burst: setting.ThrottlingBurstLimit }),
    },
  }));
  const forMethod = (path: string, method: string) =>
    settings.find((setting) => setting.path === path && setting.method === method)?.limits;
  return {
    name: declared.StageName,
    variables: declared.Variables,
    accessLog: accessLogOf('REST', declared.AccessLogSetting),
    limitsOf: (path, method) => forMethod(path, method) ?? forMethod('/*', '*'),
  };
}

function templates(declared: Readonly<Record<string, string>>): Map<string, VelocityTemplate> {
  return new Map(Object.entries(declared).map(([type, text]) => [type, parseVelocity(text)]));
}

function withoutPrefix(parameters: Readonly<Record<string, string>>, prefix: string): Map<string, string> {
  return new Map(
    Object.entries(parameters)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, expression]) => [name.slice(prefix.length), expression]),
  );
}
