/** What a gateway says of a request's path. */
export interface CalledPath {
  /** As the request was called: below a host's mapping of the API or its stage, if there is one. */
  readonly path: string;
  /** The route or resource that the gateway chose, `/v1/orders/{orderId}`; undefined where it says none. */
  readonly route: string | undefined;
  /** The values of the route's placeholders, decoded or as they were sent. */
  readonly parameters: Readonly<Record<string, string | undefined>> | null | undefined;
}

/**
 * The API's own part of a path, as it was sent: what ends as the route with its parameters does. So it is the
 * same by every host name, whatever a custom domain or a stage puts in front.
 * @returns undefined where there is no route, or the path does not end so
 */
export function ownPath({ path, route, parameters }: CalledPath): string | undefined {
  if (route === undefined || route === '/') return route;
  const expected = expectedPath(route, parameters ?? {});
  if (expected === undefined) return undefined;
  const finalSlash = path.endsWith('/') ? '/' : '';
  const segments = path.split('/').slice(1, finalSlash === '' ? undefined : -1);
  let tail = '';
  for (let count = 1; count <= segments.length && tail.length < expected.length; count++) {
    tail = `/${decoded(segments.at(-count) ?? '')}${tail}`;
    if (tail === expected) return `/${segments.slice(-count).join('/')}${finalSlash}`;
  }
  return undefined;
}

/** A route with its parameters, decoded; undefined where one is missing. */
function expectedPath(
  route: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const parts = route.split('/').map((declared) => {
    const name = /^\{(.+?)\+?\}$/.exec(declared)?.[1];
    return name === undefined ? declared : parameters[name];
  });
  if (parts.includes(undefined)) return undefined;
  const path = parts.join('/');
  return (path.endsWith('/') ? path.slice(0, -1) : path).split('/').map(decoded).join('/');
}

/** A part of a path as most read it, so that what the gateway decoded is compared with what it did not. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A named stage of an HTTP API is the first segment of the path that it hands on; `$default` is not in it. */
export function withoutStage(path: string, stage: string | undefined): string {
  return stage === undefined ? path : (below(path, stage) ?? path);
}

/** What is left of a path below a prefix; undefined where it does not begin with it. */
export function below(path: string, prefix: string): string | undefined {
  if (path === `/${prefix}`) return '/';
  return path.startsWith(`/${prefix}/`) ? path.slice(prefix.length + 1) : undefined;
}

/** The hosts that AWS itself gives to APIs and functions, which map nothing, and names without a domain. */
const AWS_HOST =
  /^(?:[^.]+\.execute-api\.[a-z0-9-]+\.(?:amazonaws\.com|api\.aws)(?:\.cn)?|.+\.on\.aws|[^.]*|[\d.]+)$/;

/** Whether a request came by a custom domain, which may map the API or a stage below a path of its own. */
export function isCustomDomain(domainName: string | undefined): boolean {
  return domainName !== undefined && !AWS_HOST.test(domainName);
}
