import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SynthesizedStacks, synthesizePortals } from './synthesized-stacks.ts';

const IDENTITY = { kind: 'oidc', issuer: 'https://login.example.com/tenant', audience: 'keywright' };
const DOMAINS = {
  developerDomain: 'developers.example.com',
  adminDomain: 'admins.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/0a1b',
  webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/name/0a1b',
};
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const ALL_VIEWER_EXCEPT_HOST_HEADER = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

type Behavior = Record<string, unknown> & { FunctionAssociations?: { FunctionARN: string }[] };
interface DistributionConfig {
  DefaultCacheBehavior: Behavior;
  CacheBehaviors: (Behavior & { PathPattern: string })[];
  Origins: {
    Id: string;
    DomainName: string;
    S3OriginConfig?: object;
    OriginAccessControlId?: string;
    OriginCustomHeaders?: object[];
  }[];
  Comment: string;
  CustomErrorResponses?: unknown;
  Aliases?: string[];
  ViewerCertificate?: { AcmCertificateArn: string; MinimumProtocolVersion: string };
  WebACLId?: string;
}

let folder: string;
let one: SynthesizedStacks;
let two: SynthesizedStacks;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-portal-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  const apiOrigins = ['https://api.example.com'];
  const settings = [
    { identity: IDENTITY, portal: { apiOrigins } },
    { portal: { ...DOMAINS, brand: { logoUrl: 'https://img.example.com/l.png' } } },
  ];
  [one, two] = synthesizePortals(settings, folder) as [SynthesizedStacks, SynthesizedStacks];
});
afterAll(() => rmSync(folder, { recursive: true }));

const distributionsOf = (stacks: SynthesizedStacks) =>
  stacks
    .ofType('AWS::CloudFront::Distribution')
    .map(({ Properties }) => Properties.DistributionConfig as unknown as DistributionConfig);

const policyOf = (stacks: SynthesizedStacks) => {
  const { Properties } = stacks.one('AWS::CloudFront::ResponseHeadersPolicy');
  return JSON.parse(JSON.stringify(Properties.ResponseHeadersPolicyConfig));
};

/** The code of the function that a behavior runs; undefined for none. */
function codeOf(stacks: SynthesizedStacks, { FunctionAssociations = [] }: Behavior): string | undefined {
  const [association] = FunctionAssociations;
  if (association === undefined) return undefined;
  const functions = stacks.ofType('AWS::CloudFront::Function');
  const found = functions.find(({ PhysicalId }) => PhysicalId === association.FunctionARN);
  return String(found?.Properties.FunctionCode);
}

describe('one distribution', () => {
  test('leads what the API answers to the API, uncached, whole but for the host name', () => {
    const [config] = distributionsOf(one);
    const apis = config?.CacheBehaviors.filter(({ PathPattern }) => PathPattern !== '/assets/*') ?? [];
    expect(apis.map(({ PathPattern }) => PathPattern)).toEqual(['/v1/*', '/auth/*', '/openapi.json']);
    const api = config?.Origins.find(({ S3OriginConfig }) => S3OriginConfig === undefined);
    for (const behavior of apis) {
      expect(behavior).toMatchObject({
        TargetOriginId: api?.Id,
        CachePolicyId: CACHING_DISABLED,
        OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST_HEADER,
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
        ViewerProtocolPolicy: 'https-only',
      });
      expect(codeOf(one, behavior)).toContain('true-client-ip');
      expect(codeOf(one, behavior)).not.toContain('/index.html');
    }
    expect(api?.DomainName).toMatch(/^\w+\.execute-api\.eu-central-1\.amazonaws\.com$/);
  });

  test('leads pages to the document by a function of the default behavior alone, and no error to a page', () => {
    const [config] = distributionsOf(one);
    const assets = config?.CacheBehaviors.find(({ PathPattern }) => PathPattern === '/assets/*');
    expect(assets).toMatchObject({ CachePolicyId: CACHING_OPTIMIZED, Compress: true });
    expect(assets && codeOf(one, assets)).toBeUndefined();
    expect(config && codeOf(one, config.DefaultCacheBehavior)).toContain('/index.html');
    expect(config?.CustomErrorResponses).toBeUndefined();
  });

  test('tells browsers what a page may do', () => {
    const { SecurityHeadersConfig, CustomHeadersConfig } = policyOf(one);
    expect(SecurityHeadersConfig).toEqual({
      ContentSecurityPolicy: {
        Override: true,
        ContentSecurityPolicy:
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
          "connect-src 'self' https://api.example.com; frame-ancestors 'none'; base-uri 'none'; " +
          "form-action 'self' https://login.example.com; require-trusted-types-for 'script'",
      },
      ContentTypeOptions: { Override: true },
      ReferrerPolicy: { Override: true, ReferrerPolicy: 'no-referrer' },
      StrictTransportSecurity: {
        Override: true,
        AccessControlMaxAgeSec: 63_072_000,
        IncludeSubdomains: true,
      },
    });
    expect(CustomHeadersConfig.Items).toEqual([
      { Header: 'Cross-Origin-Opener-Policy', Value: 'same-origin', Override: true },
      { Header: 'Permissions-Policy', Value: expect.stringContaining('camera=()'), Override: true },
    ]);
    const [config] = distributionsOf(one);
    for (const behavior of [config?.DefaultCacheBehavior, ...(config?.CacheBehaviors ?? [])]) {
      expect(behavior?.ResponseHeadersPolicyId).toBeTruthy();
    }
  });

  test('is changed by whatever the context calls a turn of that secret, which is resolved anew then', () => {
    const comments = [...distributionsOf(one), ...distributionsOf(two)].map(({ Comment }) => Comment);
    expect(comments).toHaveLength(3);
    for (const comment of comments) expect(comment).toMatch(/^Keywright: .*portal.*, origin secret second$/);
  });

  test('proves itself to the API by a secret that no template holds', () => {
    const [config] = distributionsOf(one);
    const api = config?.Origins.find(({ S3OriginConfig }) => S3OriginConfig === undefined);
    const secret = one.one('AWS::SecretsManager::Secret');
    expect(api?.OriginCustomHeaders).toEqual([
      {
        HeaderName: 'x-keywright-origin-secret',
        HeaderValue: `{{resolve:secretsmanager:${secret.PhysicalId}:SecretString:current::}}`,
      },
    ]);
    expect(secret.Properties).toMatchObject({
      Name: 'keywright/origin',
      GenerateSecretString: { GenerateStringKey: 'current', PasswordLength: 48 },
    });
  });

  test('alone reads the bucket, which is private', () => {
    expect(one.one('AWS::S3::Bucket').Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    const { PolicyDocument } = one.one('AWS::S3::BucketPolicy').Properties;
    const { Statement } = PolicyDocument as { Statement: { Effect: string }[] };
    const distribution = one.one('AWS::CloudFront::Distribution').PhysicalId;
    expect(Statement.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: expect.anything(),
        Condition: {
          StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::111122223333:distribution/${distribution}` },
        },
      },
    ]);
    const [config] = distributionsOf(one);
    const files = config?.Origins.find(({ S3OriginConfig }) => S3OriginConfig !== undefined);
    expect(files?.OriginAccessControlId).toBeTruthy();
  });

  test('keeps assets for a year, and asks for documents and settings each time', () => {
    const copied = one.ofType('Custom::CDKBucketDeployment').map(({ Properties }) => ({
      prefix: Properties.DestinationBucketKeyPrefix,
      cacheControl: (Properties.SystemMetadata as Record<string, string>)['cache-control'],
      deletes: Properties.Prune,
    }));
    expect(copied).toEqual(
      expect.arrayContaining([
        { prefix: 'assets', cacheControl: 'public, max-age=31536000, immutable', deletes: false },
        { prefix: undefined, cacheControl: 'no-cache', deletes: false },
      ]),
    );
    expect(copied).toHaveLength(3);
  });
});

describe('two host names', () => {
  test('are two distributions with their certificate and web ACL', () => {
    const configs = distributionsOf(two);
    expect(configs.map(({ Aliases }) => Aliases)).toEqual([[DOMAINS.adminDomain], [DOMAINS.developerDomain]]);
    for (const config of configs) {
      expect(config.WebACLId).toBe(DOMAINS.webAclArn);
      expect(config.ViewerCertificate).toMatchObject({
        AcmCertificateArn: DOMAINS.certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
      });
    }
  });

  test('of which the developers’ one knows nothing of admins', () => {
    const knows = distributionsOf(two).map(({ DefaultCacheBehavior: pages, CacheBehaviors }) => {
      const [api] = CacheBehaviors.filter(({ PathPattern }) => PathPattern === '/v1/*');
      return {
        refusesPages: codeOf(two, pages)?.includes('404'),
        refusesRoutes: api && codeOf(two, api)?.includes('404'),
      };
    });
    expect(knows).toEqual([
      { refusesPages: false, refusesRoutes: false },
      { refusesPages: true, refusesRoutes: true },
    ]);
  });

  test('let forms lead to the user pool’s pages, and images come from where the logo is', () => {
    const csp = policyOf(two).SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy;
    expect(csp).toContain(
      "form-action 'self' https://keywright-111122223333.auth.eu-central-1.amazoncognito.com;",
    );
    expect(csp).toContain("img-src 'self' data: https://img.example.com;");
  });
});

test('a portal that has not been built stops synthesis with one sentence', () => {
  const empty = join(folder, 'assets');
  expect(() => synthesizePortals([{}], empty)).toThrow(
    `${empty} holds no portal; run \`npm run build:portal\` first.`,
  );
});
