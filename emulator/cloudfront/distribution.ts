import * as z from 'zod';
import { resourcesOfType } from '../api-gateway/resource-list.ts';
import type { TemplateStack } from '../template/resources.ts';
import { type EdgeFunction, edgeFunction } from './edge-function.ts';
import { type CacheBehavior, type OriginRequest, type ResponseHeaders, readPolicies } from './policies.ts';

/** A distribution, ready to be asked. */
export interface Distribution {
  readonly id: string;
  readonly domainName: string;
  /** The first whose pattern is the path's is its own; the last is everybody's. */
  readonly behaviors: readonly Behavior[];
  readonly defaultRootObject: string;
}

export interface Behavior {
  isFor(path: string): boolean;
  readonly methods: readonly string[];
  readonly origin: Origin;
  readonly onRequest: EdgeFunction | undefined;
  readonly originRequest: OriginRequest;
  readonly cache: CacheBehavior;
  readonly compresses: boolean;
  readonly responseHeaders: ResponseHeaders;
}

export interface Origin {
  readonly kind: 'bucket' | 'http';
  /** `{bucket}.s3.{Region}.…`, or any other server. */
  readonly domainName: string;
  /** Sent with every request to it, in place of what a viewer sent by these names. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const notEmulated = z.undefined({ error: 'is not emulated' }).optional();
const BehaviorProperties = z.object({
  PathPattern: z.string().optional(),
  TargetOriginId: z.string(),
  AllowedMethods: z.array(z.string()).default(['GET', 'HEAD']),
  CachePolicyId: z.string(),
  OriginRequestPolicyId: z.string().optional(),
  ResponseHeadersPolicyId: z.string().optional(),
  Compress: z.boolean().default(false),
  LambdaFunctionAssociations: notEmulated,
  FunctionAssociations: z
    .array(z.object({ EventType: z.literal('viewer-request'), FunctionARN: z.string() }))
    .max(1)
    .default([]),
});
const OriginProperties = z.object({
  Id: z.string(),
  DomainName: z.string(),
  OriginPath: notEmulated,
  S3OriginConfig: z.object({}).optional(),
  CustomOriginConfig: z.object({ OriginProtocolPolicy: z.literal('https-only') }).optional(),
  OriginCustomHeaders: z.array(z.object({ HeaderName: z.string(), HeaderValue: z.string() })).default([]),
});
const DistributionProperties = z.object({
  DistributionConfig: z.object({
    Enabled: z.literal(true),
    CustomErrorResponses: notEmulated,
    DefaultRootObject: z.string().default(''),
    DefaultCacheBehavior: BehaviorProperties,
    CacheBehaviors: z.array(BehaviorProperties).default([]),
    Origins: z.array(OriginProperties),
  }),
});
const FunctionProperties = z.object({
  Name: z.string(),
  FunctionCode: z.string(),
  AutoPublish: z.literal(true),
  FunctionConfig: z.object({ Runtime: z.literal('cloudfront-js-2.0') }),
});

/**
 * The distributions that an app's templates declare. Throws where they use something that is not emulated.
 * @param secret what a dynamic reference to Secrets Manager becomes, as CloudFormation resolves it
 */
export function readDistributions(
  stacks: readonly TemplateStack[],
  secret: (secretId: string, jsonKey: string) => string,
): readonly Distribution[] {
  const policies = readPolicies(stacks);
  const functions = new Map(
    resourcesOfType(stacks, 'AWS::CloudFront::Function', FunctionProperties).map(
      ({ id, properties }) => [id, edgeFunction(properties.Name, properties.FunctionCode)] as const,
    ),
  );
  const behaviorOf = (
    properties: z.output<typeof BehaviorProperties>,
    origins: ReadonlyMap<string, Origin>,
  ): Behavior => {
    const [association] = properties.FunctionAssociations;
    return {
      isFor: pathMatcher(properties.PathPattern ?? '*'),
      methods: properties.AllowedMethods,
      origin: declared(origins, properties.TargetOriginId),
      onRequest: association && declared(functions, association.FunctionARN),
      originRequest: policies.originRequest(properties.OriginRequestPolicyId),
      cache: policies.cache(properties.CachePolicyId),
      compresses: properties.Compress,
      responseHeaders: policies.responseHeaders(properties.ResponseHeadersPolicyId),
    };
  };
  return resourcesOfType(stacks, 'AWS::CloudFront::Distribution', DistributionProperties).map(
    ({ id, properties: { DistributionConfig: config } }) => {
      const origins = new Map(config.Origins.map((origin) => [origin.Id, originOf(origin, secret)] as const));
      const behaviors = [...config.CacheBehaviors, config.DefaultCacheBehavior];
      return {
        id,
        domainName: `${id.toLowerCase()}.cloudfront.net`,
        behaviors: behaviors.map((behavior) => behaviorOf(behavior, origins)),
        defaultRootObject: config.DefaultRootObject,
      };
    },
  );
}

function declared<T>(known: ReadonlyMap<string, T>, name: string): T {
  const found = known.get(name);
  if (found === undefined) throw new Error(`a distribution names ${name}, which no template declares`);
  return found;
}

function originOf(
  { DomainName, S3OriginConfig, OriginCustomHeaders }: z.output<typeof OriginProperties>,
  secret: (secretId: string, jsonKey: string) => string,
): Origin {
  return {
    kind: S3OriginConfig === undefined ? 'http' : 'bucket',
    domainName: DomainName,
    headers: OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [
      HeaderName,
      HeaderValue.replace(
        /\{\{resolve:secretsmanager:(arn:[^}]*?):SecretString:([^:}]*)(?:::)?\}\}/g,
        (_, secretId: string, key: string) => secret(secretId, key),
      ),
    ]),
  };
}

/** `*` is any text, `?` any one character; case counts («Path pattern»). A leading slash may be left out. */
function pathMatcher(pattern: string): (path: string) => boolean {
  const absolute = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  const expression = absolute
    .replace(/[.+^${}()|[\]\\/]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const matcher = new RegExp(`^${expression}$`, 's');
  return (path) => matcher.test(path);
}
