import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { jsonReply } from '../../emulator/api-gateway/reply.ts';
import type { ClientRequest } from '../../emulator/api-gateway/request.ts';
import { BucketFiles } from '../../emulator/cloudfront/bucket-files.ts';
import { compress } from '../../emulator/cloudfront/compression.ts';
import { readDistributions } from '../../emulator/cloudfront/distribution.ts';
import { edgeListener } from '../../emulator/cloudfront/edge.ts';
import { edgeFunction } from '../../emulator/cloudfront/edge-function.ts';
import { close, listen } from '../../emulator/listen.ts';
import type { TemplateStack } from '../../emulator/template/resources.ts';

const CACHE = {
  disabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  optimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
};
const ALL_BUT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
const API = 'abc123.execute-api.eu-central-1.amazonaws.com';
const SCRIPT = 'console.log(1);'.repeat(200);

const PAGES = `function handler(event) {
  if (event.request.uri === '/gone') return { statusCode: 410, headers: { 'x-from': { value: 'function' } }, body: 'gone' };
  if (event.request.uri === '/broken') throw new Error('broken');
  if (event.request.uri === '/upgraded') event.request.headers.upgrade = { value: 'h2c' };
  if (event.request.uri === '/reaching') return { statusCode: 200, body: typeof process + typeof require + typeof fetch };
  event.request.uri = '/index.html';
  return event.request;
}`;
const VIEWER = `function handler(event) {
  event.request.headers['x-viewer'] = { value: event.viewer.ip };
  return event.request;
}`;

const resource = (Type: string, PhysicalId: string, Properties: object) => ({
  Type,
  PhysicalId,
  Arn: null,
  Properties: Properties as Record<string, unknown>,
  Metadata: {},
});
const code = (id: string, FunctionCode: string) =>
  resource('AWS::CloudFront::Function', id, {
    Name: id,
    FunctionCode,
    AutoPublish: true,
    FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
  });
const runs = (FunctionARN: string) => [{ EventType: 'viewer-request', FunctionARN }];
const common = { Compress: true, ResponseHeadersPolicyId: 'headers' };

function distribution(changes: object = {}) {
  return resource('AWS::CloudFront::Distribution', 'E1', {
    DistributionConfig: {
      Enabled: true,
      DefaultRootObject: 'index.html',
      Origins: [
        { Id: 'files', DomainName: 'bucket.s3.eu-central-1.amazonaws.com', S3OriginConfig: {} },
        {
          Id: 'api',
          DomainName: API,
          CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
          OriginCustomHeaders: [
            {
              HeaderName: 'x-origin',
              HeaderValue:
                '{{resolve:secretsmanager:arn:aws:secretsmanager:r:1:secret:s-a:SecretString:current::}}',
            },
          ],
        },
      ],
      DefaultCacheBehavior: {
        ...common,
        TargetOriginId: 'files',
        CachePolicyId: CACHE.optimized,
        FunctionAssociations: runs('pages'),
      },
      CacheBehaviors: [
        { ...common, PathPattern: '/assets/*', TargetOriginId: 'files', CachePolicyId: CACHE.optimized },
        {
          ...common,
          PathPattern: '/v1/*',
          TargetOriginId: 'api',
          CachePolicyId: CACHE.disabled,
          OriginRequestPolicyId: ALL_BUT_HOST,
          AllowedMethods: ['GET', 'HEAD', 'POST'],
          FunctionAssociations: runs('viewer'),
        },
      ],
      ...changes,
    },
  });
}

const copy = (key: string, properties: object) =>
  resource('Custom::CDKBucketDeployment', key, {
    DestinationBucketName: 'bucket',
    SourceObjectKeys: [`${key}.zip`],
    ...properties,
  });

function stacksWith(...resources: ReturnType<typeof resource>[]): TemplateStack[] {
  return [{ name: 'Test', resources: Object.fromEntries(resources.map((each, i) => [`R${i}`, each])) }];
}

const stacks = stacksWith(
  distribution(),
  code('pages', PAGES),
  code('viewer', VIEWER),
  resource('AWS::CloudFront::ResponseHeadersPolicy', 'headers', {
    ResponseHeadersPolicyConfig: {
      Name: 'headers',
      SecurityHeadersConfig: {
        ContentSecurityPolicy: { Override: true, ContentSecurityPolicy: "default-src 'none'" },
        ContentTypeOptions: { Override: true },
        StrictTransportSecurity: { Override: false, AccessControlMaxAgeSec: 60, IncludeSubdomains: true },
      },
    },
  }),
  copy('assets', { DestinationBucketKeyPrefix: 'assets', SystemMetadata: { 'cache-control': 'immutable' } }),
  copy('pages', { Exclude: ['assets/*'], SystemMetadata: { 'cache-control': 'no-cache' } }),
  copy('settings', { SourceMarkers: [{ '<<m>>': 'a"b' }], SourceMarkersConfig: [{ jsonEscape: true }] }),
);

let folder: string;
let server: Server;
let url: string;
const asked: ClientRequest[] = [];
const faults: unknown[] = [];
beforeEach(() => {
  asked.length = 0;
  faults.length = 0;
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-cloudfront-'));
  const files = {
    'assets/a.js': SCRIPT,
    'pages/index.html': '<!doctype html>',
    'pages/assets/a.js': 'excluded',
    'settings/config.json': '{"a":"<<m>>"}',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const asset = (name: string) => ({
    source: { path: name },
    destinations: { here: { objectKey: `${name}.zip` } },
  });
  const names = ['assets', 'pages', 'settings'];
  const manifest = { files: Object.fromEntries(names.map((name) => [name, asset(name)])) };
  writeFileSync(join(folder, 'Test.assets.json'), JSON.stringify(manifest));
  const buckets = new BucketFiles({ stacks, assemblyDir: folder });
  const [declared] = readDistributions(stacks, (secretId, key) => `${secretId.split(':').at(-1)} ${key}`);
  if (declared === undefined) throw new Error('there is no distribution');
  server = createServer(
    edgeListener(declared, {
      buckets: async () => buckets,
      server: async (_, request) => {
        asked.push(request);
        const headers = { 'content-security-policy': 'its own', 'Strict-Transport-Security': 'its own' };
        return jsonReply(request.path.endsWith('missing') ? 404 : 200, {}, Object.entries(headers));
      },
      now: () => new Date(),
      onFault: (error) => faults.push(error),
    }),
  );
  url = `http://127.0.0.1:${await listen(server, 0)}`;
});
afterAll(async () => {
  await close(server);
  rmSync(folder, { recursive: true });
});

describe('CloudFront', () => {
  test.each([
    ['/', 200, 'no-cache', '<!doctype html>'],
    ['/some/page', 200, 'no-cache', '<!doctype html>'],
    ['/assets/a.js', 200, 'immutable', SCRIPT],
    ['/assets/b.js', 404, null, /NoSuchKey/],
    ['/assets/..%2findex.html', 404, null, /NoSuchKey/],
    ['/gone', 410, null, 'gone'],
    ['/v1/missing', 404, null, '{}'],
    ['/reaching', 200, null, 'undefinedundefinedundefined'],
  ])('answers %s with %i', async (path, status, cacheControl, body) => {
    const response = await fetch(url + path);
    expect({ status: response.status, cacheControl: response.headers.get('cache-control') }).toEqual({
      status,
      cacheControl,
    });
    expect(await response.text()).toEqual(typeof body === 'string' ? body : expect.stringMatching(body));
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each(['/broken', '/upgraded'])('answers 502 where a function fails: %s', async (path) => {
    expect((await fetch(url + path)).status).toBe(502);
    expect(faults).toHaveLength(1);
  });

  test('gives an origin what the viewer sent but its Host, and its own headers in place of theirs', async () => {
    const response = await fetch(`${url}/v1/things?a=b%20c&a=d`, {
      method: 'POST',
      body: 'text',
      headers: {
        cookie: 'x=1; y=2',
        'x-origin': 'forged',
        'X-Viewer': 'forged',
        'x-forwarded-for': '8.8.8.8',
      },
    });
    expect(response.status).toBe(200);
    const [request] = asked;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/v1/things',
      query: 'a=b%20c&a=d',
      domainName: API,
    });
    expect(String(request?.body)).toBe('text');
    expect(request?.sourceIp).not.toBe('127.0.0.1');
    const valuesOf = (wanted: string) =>
      request?.headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
    expect(valuesOf('host')).toEqual([API]);
    expect(valuesOf('x-origin')).toEqual(['secret:s-a current'.replace('secret:', '')]);
    expect(valuesOf('x-viewer')).toEqual(['127.0.0.1']);
    expect(valuesOf('x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(valuesOf('cookie')).toEqual(['x=1; y=2']);
  });

  test('puts the headers of a policy in place of the origin’s where they override', async () => {
    const { headers } = await fetch(`${url}/v1/things`);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(headers.get('strict-transport-security')).toBe('its own');
  });

  test('lets only the methods of a behavior through', async () => {
    expect((await fetch(`${url}/v1/things`, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(url, { method: 'POST' })).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test('compresses what is long enough, and knows it again by its tag', async () => {
    const headers = { 'accept-encoding': 'gzip, br' };
    const { request } = await import('node:http');
    const read = (more: object) =>
      new Promise<{ status: number; encoding: string; tag: string; body: Buffer }>((resolve) => {
        request(`${url}/assets/a.js`, { headers: { ...headers, ...more } }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () => {
            const { etag, 'content-encoding': encoding } = response.headers;
            const body = Buffer.concat(chunks);
            resolve({
              status: Number(response.statusCode),
              encoding: String(encoding),
              tag: String(etag),
              body,
            });
          });
        }).end();
      });
    const first = await read({});
    expect(String(brotliDecompressSync(first.body))).toBe(SCRIPT);
    expect(first.encoding).toBe('br');
    expect(await read({ 'if-none-match': first.tag })).toMatchObject({ status: 304 });
    expect(await read({ 'accept-encoding': 'br;q=0' })).toMatchObject({ encoding: 'undefined' });
  });

  test.each([
    ['custom error responses', distribution({ CustomErrorResponses: [{ ErrorCode: 404 }] })],
    ['a distribution that is off', distribution({ Enabled: false })],
    [
      'an unknown cache policy',
      distribution({ DefaultCacheBehavior: { TargetOriginId: 'files', CachePolicyId: 'unknown' } }),
    ],
    [
      'an origin that is not declared',
      distribution({ DefaultCacheBehavior: { TargetOriginId: 'other', CachePolicyId: CACHE.optimized } }),
    ],
  ])('%s is not served as if it were something else', (_, wrong) => {
    const others = stacks[0]?.resources ?? {};
    expect(() =>
      readDistributions([{ name: 'Test', resources: { ...others, R0: wrong } }], () => ''),
    ).toThrow();
  });

  test('a function of more than 10 KB is refused', () => {
    expect(() => edgeFunction('long', `function handler() {} // ${'x'.repeat(10_240)}`)).toThrow(/10240/);
  });
});

test('files of a bucket that only look like its own are not read', () => {
  const files = new BucketFiles({ stacks, assemblyDir: folder });
  const get = (path: string) => files.get('bucket', { path, headers: [] } as unknown as ClientRequest).status;
  const outside = ['/../Test.assets.json', '/%2e%2e/Test.assets.json', '//etc/passwd', '/./index.html', '/'];
  expect(outside.map(get)).toEqual(outside.map(() => 404));
  expect(
    String(files.get('bucket', { path: '/config.json', headers: [] } as unknown as ClientRequest).body),
  ).toBe('{"a":"a\\"b"}');
});

test('texts without a tag are not taken for one another', () => {
  const request = { headers: [['accept-encoding', 'br']] } as unknown as ClientRequest;
  for (const letter of ['a', 'b']) {
    const text = letter.repeat(2000);
    const reply = {
      status: 200,
      headers: [['content-type', 'text/plain']] as const,
      body: Buffer.from(text),
    };
    expect(String(brotliDecompressSync(compress(reply, request).body))).toBe(text);
  }
});
