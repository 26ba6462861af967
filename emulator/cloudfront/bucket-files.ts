import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, isAbsolute, join, relative, resolve } from 'node:path';
import * as z from 'zod';
import type { Reply } from '../api-gateway/reply.ts';
import { type ClientRequest, type Header, headerOf } from '../api-gateway/request.ts';
import { resourcesOfType } from '../api-gateway/resource-list.ts';
import type { ResolvedTemplates } from '../template.ts';

const Deployment = z.object({
  DestinationBucketName: z.string(),
  DestinationBucketKeyPrefix: z.string().default(''),
  SourceObjectKeys: z.array(z.string()),
  SourceMarkers: z.array(z.record(z.string(), z.string())).optional(),
  SourceMarkersConfig: z.array(z.object({ jsonEscape: z.boolean().optional() })).optional(),
  Exclude: z.array(z.string()).default([]),
  Include: z.undefined({ error: 'is not emulated' }).optional(),
  SystemMetadata: z.record(z.string(), z.string()).default({}),
});

const Assets = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

interface Source {
  readonly folder: string;
  readonly markers: readonly (readonly [marker: string, value: string])[];
}

interface Copied {
  readonly bucket: string;
  readonly prefix: string;
  readonly sources: readonly Source[];
  readonly isExcluded: (path: string) => boolean;
  readonly metadata: readonly Header[];
}

/** An object of a bucket. */
interface BucketObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly headers: readonly Header[];
}

/** As the CDK's deployments guess it from a name; what they don't know is `binary/octet-stream`. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/vnd.microsoft.icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/**
 * S3 as far as an origin of CloudFront needs it: the buckets that the app's `BucketDeployment`s fill, read from
 * the assets themselves at each request.
 */
export class BucketFiles {
  readonly #copied: readonly Copied[];

  constructor({ stacks, assemblyDir }: ResolvedTemplates) {
    const folders = assetFolders(
      stacks.map(({ name }) => name),
      assemblyDir,
    );
    const deployments = resourcesOfType(stacks, 'Custom::CDKBucketDeployment', Deployment);
    this.#copied = deployments.map(({ properties }) => ({
      bucket: properties.DestinationBucketName,
      prefix: properties.DestinationBucketKeyPrefix === '' ? '' : `${properties.DestinationBucketKeyPrefix}/`,
      sources: properties.SourceObjectKeys.map((key, i) => {
        const folder = folders.get(key);
        if (folder === undefined) throw new Error(`no asset of the app becomes the object ${key}`);
        const isJson = properties.SourceMarkersConfig?.[i]?.jsonEscape ?? false;
        const markers = Object.entries(properties.SourceMarkers?.[i] ?? {});
        return {
          folder,
          markers: markers.map(([marker, value]) => [
            marker,
            isJson ? JSON.stringify(value).slice(1, -1) : value,
          ]),
        };
      }),
      isExcluded: excluder(properties.Exclude),
      metadata: Object.entries(properties.SystemMetadata),
    }));
  }

  /** What S3 answers CloudFront, which may list: a 404 for a key that is not there. */
  get(bucket: string, request: Pick<ClientRequest, 'path' | 'headers'>): Reply {
    const key = decodeURIComponent(request.path.slice(1));
    const found = this.#find(bucket, key);
    if (found === undefined) return xmlError(404, 'NoSuchKey', 'The specified key does not exist.');
    const headers = [...found.headers, ['etag', found.etag] satisfies Header];
    const matches = (headerOf(request, 'if-none-match') ?? '')
      .split(/\s*,\s*/)
      .map((tag) => tag.replace(/^W\//, ''));
    return matches.includes(found.etag)
      ? { status: 304, headers, body: Buffer.alloc(0) }
      : { status: 200, headers, body: found.body };
  }

  #find(bucket: string, key: string): BucketObject | undefined {
    // What is copied later takes the place of what was there.
    for (const { prefix, sources, isExcluded, metadata } of this.#copied
      .filter((copied) => copied.bucket === bucket && key.startsWith(copied.prefix))
      .toReversed()) {
      const path = key.slice(prefix.length);
      if (isExcluded(path)) continue;
      for (const { folder, markers } of sources.toReversed()) {
        const body = contentOf(folder, path, markers);
        if (body === undefined) continue;
        const etag = `"${createHash('md5').update(body).digest('hex')}"`;
        const type = CONTENT_TYPES[extname(path)] ?? 'binary/octet-stream';
        return { body, etag, headers: [['content-type', type], ...metadata] };
      }
    }
    return undefined;
  }
}

function contentOf(folder: string, path: string, markers: Source['markers']): Buffer | undefined {
  const file = resolve(folder, path);
  const inside = relative(folder, file);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside) || inside !== path) return undefined;
  if (!existsSync(file) || !statSync(file).isFile()) return undefined;
  const content = readFileSync(file);
  if (markers.length === 0) return content;
  const text = markers.reduce(
    (read, [marker, value]) => read.replaceAll(marker, () => value),
    String(content),
  );
  return Buffer.from(text);
}

function assetFolders(stackNames: readonly string[], assemblyDir: string): ReadonlyMap<string, string> {
  return new Map(
    stackNames
      .map((name) => join(assemblyDir, `${name}.assets.json`))
      .filter((path) => existsSync(path))
      .flatMap((path) => Object.values(Assets.parse(JSON.parse(readFileSync(path, 'utf8'))).files))
      .flatMap(({ source, destinations }) =>
        Object.values(destinations).map(
          ({ objectKey }) => [objectKey, resolve(assemblyDir, source.path)] as const,
        ),
      ),
  );
}

/** Patterns of `aws s3 sync`, of which only the star is emulated. */
function excluder(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map((pattern) => {
    if (/[?[\]!]/.test(pattern))
      throw new Error(`the pattern ${pattern} of a bucket's deployment is not emulated`);
    return new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 's');
  });
  return (path) => expressions.some((expression) => expression.test(path));
}

function escaped(text: string): string {
  return text.replace(/[.+^${}()|\\/]/g, '\\$&');
}

function xmlError(status: number, code: string, message: string): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: [['content-type', 'application/xml']], body: Buffer.from(body) };
}
