import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { jsonReply, type Reply, sendReply } from '../api-gateway/reply.ts';
import { type ClientRequest, type Header, readRequest, socketAddress } from '../api-gateway/request.ts';
import type { BucketFiles } from './bucket-files.ts';
import { compress } from './compression.ts';
import type { Behavior, Distribution } from './distribution.ts';
import { withHeaders } from './policies.ts';

export interface EdgeOptions {
  /** S3, once its files are there. */
  readonly buckets: () => Promise<Pick<BucketFiles, 'get'>>;
  /** Answers for an origin that is a server, by its host name. */
  readonly server: (domainName: string, request: ClientRequest) => Promise<Reply>;
  readonly now: () => Date;
  /** Told of a fault of CloudFront itself, or of a function of the app's; the viewer gets a 502. */
  readonly onFault?: (error: unknown) => void;
}

/** An address of CloudFront's own, which is what origins see of a connection. */
const EDGE_ADDRESS = '127.0.0.2';

/** What CloudFront takes off before a function sees it, or sets itself («How CloudFront processes HTTP request headers»). */
const NEVER_FORWARDED = /^(x-forwarded-(for|port|proto)|x-amzn-trace-id|x-real-ip|cloudfront-.*|x-edge-.*)$/i;

/**
 * CloudFront on this machine: one distribution's behaviors, functions, policies and origins, driven by nothing
 * but the synthesized templates. Nothing is cached but compressed texts, so what is asked twice is read twice; TLS
 * ends before this.
 */
export function edgeListener(distribution: Distribution, options: EdgeOptions): RequestListener {
  return (incoming, response) => {
    const requestId = randomUUID();
    void (async () => {
      const o = { now: options.now, requestId, sourceIp: socketAddress(incoming) };
      const read = await readRequest(incoming, o);
      if (read === null) return;
      const own = (header: Header) => !NEVER_FORWARDED.test(header[0]);
      const reply = await answer(distribution, { ...read, headers: read.headers.filter(own) }, options);
      sendReply(response, { ...reply, headers: [...reply.headers, ['x-amz-cf-id', requestId]] });
    })().catch((error) => {
      options.onFault?.(error);
      sendReply(response, problem(502, 'The function or the origin of this address failed'));
    });
  };
}

async function answer(
  distribution: Distribution,
  request: ClientRequest,
  options: EdgeOptions,
): Promise<Reply> {
  const behavior = distribution.behaviors.find(({ isFor }) => isFor(request.path));
  if (behavior === undefined) return problem(404, 'No behavior is for this path');
  const { methods, onRequest, compresses, cache, responseHeaders } = behavior;
  if (!methods.includes(request.method)) return problem(403, `${request.method} is not allowed here`);
  if (request.oversized === 'body') return problem(413, 'The body is too large');
  const after = onRequest?.(request, distribution) ?? request;
  const reply = 'status' in after ? after : await fromOrigin(distribution, behavior, after, options);
  return withHeaders(compresses && cache.compresses ? compress(reply, request) : reply, responseHeaders);
}

async function fromOrigin(
  { defaultRootObject }: Distribution,
  { origin, originRequest }: Behavior,
  request: ClientRequest,
  { buckets, server }: EdgeOptions,
): Promise<Reply> {
  const path = request.path === '/' ? `/${defaultRootObject}` : request.path;
  if (origin.kind === 'bucket') {
    return (await buckets()).get(origin.domainName.split('.s3.')[0] ?? '', { ...request, path });
  }
  const set = new Set(['host', ...origin.headers.map(([name]) => name.toLowerCase())]);
  const viewers = request.headers.filter(([name]) => !set.has(name.toLowerCase()));
  const forwarded: Header[] = originRequest === 'nothing' ? [] : viewers;
  return server(origin.domainName, {
    ...request,
    path,
    query: originRequest === 'nothing' ? '' : request.query,
    headers: [
      ...forwarded,
      ['Host', origin.domainName],
      ['Via', '1.1 cloudfront.net (CloudFront)'],
      ['X-Amz-Cf-Id', request.id],
      ['X-Forwarded-For', request.sourceIp],
      ...origin.headers,
    ],
    domainName: origin.domainName,
    sourceIp: EDGE_ADDRESS,
  });
}

function problem(status: number, message: string): Reply {
  return jsonReply(status, { message }, [['x-cache', 'Error from cloudfront']]);
}
