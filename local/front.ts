import type { IncomingMessage, RequestListener } from 'node:http';
import { PUBLIC_API } from '../core/contract/deployment.ts';
import type { Gateway } from '../emulator/api-gateway/gateway.ts';
import { BucketFiles } from '../emulator/cloudfront/bucket-files.ts';
import { readDistributions } from '../emulator/cloudfront/distribution.ts';
import { edgeListener } from '../emulator/cloudfront/edge.ts';
import type { ResolvedTemplates } from '../emulator/template.ts';

const MANAGEMENT_API = 'keywright-management';
/** As a custom domain maps it. */
const BESIDE = { [`/${PUBLIC_API.mapping}`]: PUBLIC_API.name };

interface FrontOptions {
  readonly templates: ResolvedTemplates;
  readonly gateway: Gateway;
  /** Resolves as soon as the portal is built. */
  readonly portal: Promise<void>;
  readonly now: () => Date;
  readonly onFault: (error: unknown) => void;
}

/**
 * What the first port answers: the portals' address, as CloudFront serves it, and on the same port what a
 * deployment has by addresses of their own, the management API for whoever signs requests (a signature is for the
 * host that it was made for) and the API of what strangers may call.
 */
export function frontListener({ templates, gateway, portal, now, onFault }: FrontOptions): RequestListener {
  const apis = gateway.listenerFor(MANAGEMENT_API, BESIDE);
  const [distribution] = readDistributions(templates.stacks, () => {
    throw new Error('no origin of a distribution has a secret');
  });
  if (distribution === undefined) throw new Error('the templates declare no distribution');
  const files = new BucketFiles(templates);
  const edge = edgeListener(distribution, {
    buckets: async () => {
      await portal;
      return files;
    },
    server: (domainName, request) => gateway.answer(domainName, request),
    now,
    onFault,
  });
  return (incoming, response) => (hasOtherAddress(incoming) ? apis : edge)(incoming, response);
}

function hasOtherAddress({ url = '', headers }: IncomingMessage): boolean {
  const [path] = url.split('?');
  return (
    headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') === true ||
    Object.keys(BESIDE).some((below) => path === below || path?.startsWith(`${below}/`))
  );
}
