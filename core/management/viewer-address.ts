import { isIP } from 'node:net';
import type { OriginSecret } from '../aws/origin-secret.ts';
import { FORWARDED } from '../contract/forwarded.ts';

/** As much of an event of an HTTP API as says where it is from. */
interface Sent {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly requestContext: { readonly http?: { readonly sourceIp: string } };
}

/**
 * The event as from the viewer's own address, where CloudFront says it and proves by the origin's secret that it is
 * CloudFront who does; else from the address that API Gateway saw. The proof goes no further.
 */
export async function fromViewer<Event extends Sent>(
  event: Event,
  origin: OriginSecret | undefined,
): Promise<Event> {
  const { headers = {}, requestContext } = event;
  const { [FORWARDED.secret]: secret, [FORWARDED.address]: address = '', ...others } = headers;
  if (secret === undefined) return event;
  const isTrue = isIP(address) !== 0 && (await origin?.knows(secret)) === true;
  const http = { ...requestContext.http, ...(isTrue && { sourceIp: address }) };
  return { ...event, headers: others, requestContext: { ...requestContext, http } };
}
