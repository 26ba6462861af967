import { EXIT, Exit, usage } from './exit.ts';

/**
 * The address of a management API, without a slash or `/v1` at its end.
 * @throws Exit for what is none, and for one that would send a token in the clear
 */
export function addressOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw usage(
      `${JSON.stringify(text)} is no address of a management API; expected one such as https://keys.example.com`,
    );
  if (url.protocol === 'http:' && !isLocal(url))
    throw usage(`${text} would carry your token in the clear: give its https address`);
  return text.replace(/\/+$/, '').replace(/\/v1$/, '');
}

/** Who signs people in. @throws Exit for what is no address, and for one that is not safe */
export function issuerOf(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal(url))) return text;
  throw usage(
    `${JSON.stringify(text)} is no address of an issuer; expected one such as https://id.example.com`,
  );
}

const isLocal = ({ hostname }: URL): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);

/**
 * A page of the portal.
 * @param page below `url`, where the portal is
 * @throws Exit for what leads elsewhere
 */
export function portalPage(url: string, page: string): string {
  const portal = new URL(`${url}/`).href;
  const address = URL.parse(page.replace(/^\/+/, ''), portal)?.href;
  if (address?.startsWith(portal)) return address;
  throw usage(`${JSON.stringify(page)} is no page of the portal; expected one such as keys or admin/audit`);
}

/** What no answer of the API is. */
const PAGE = /^(text\/(html|plain|xml)|application\/(xhtml\+)?xml)\b/i;

/** Fails as it is read, where a page for people stands in an answer's place. @param url that was asked */
export function withoutPage(response: Response, url: string): Response {
  if (!response.ok || !PAGE.test(response.headers.get('content-type') ?? '')) return response;
  const error = new Exit(
    EXIT.unavailable,
    `${url} answered with a web page and is no Keywright, or a network’s sign-in stands before it. Expected the address of the management API, such as https://keys.example.com: --url, KEYWRIGHT_URL or keywright config set url`,
  );
  return new Response(new ReadableStream({ start: (controller) => controller.error(error) }));
}
