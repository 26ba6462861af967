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
  const template = route.split('/').slice(1);
  for (let start = path.indexOf('/'); start !== -1; start = path.indexOf('/', start + 1)) {
    const candidate = path.slice(start);
    if (fits(candidate, template, parameters ?? {})) return candidate;
  }
  return undefined;
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
  /\.execute-api\.[a-z0-9-]+\.(?:amazonaws\.com|api\.aws)(?:\.cn)?$|\.on\.aws$|^[^.]*$|^[\d.]+$/;

/** Whether a request came by a custom domain, which may map the API or a stage below a path of its own. */
export function isCustomDomain(domainName: string | undefined): boolean {
  return domainName !== undefined && !AWS_HOST.test(domainName);
}

function fits(
  path: string,
  template: readonly string[],
  parameters: Readonly<Record<string, string | undefined>>,
): boolean {
  const segments = withoutFinalSlash(path).split('/').slice(1);
  const rest = restName(template);
  if (rest === undefined ? segments.length !== template.length : segments.length < template.length)
    return false;
  return template.every((declared, index) => {
    if (rest !== undefined && index === template.length - 1) {
      const value = parameters[rest];
      return value !== undefined && isSame(segments.slice(index).join('/'), withoutFinalSlash(value));
    }
    const name = /^\{(.+)\}$/.exec(declared)?.[1];
    const expected = name === undefined ? declared : parameters[name];
    return expected !== undefined && isSame(segments[index] ?? '', expected);
  });
}

/** The name of a `{name+}` that a template ends with. */
function restName(template: readonly string[]): string | undefined {
  return /^\{(.+)\+\}$/.exec(template.at(-1) ?? '')?.[1];
}

function withoutFinalSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Whether a part of a path is a value, either of which the gateway may have decoded. */
function isSame(part: string, value: string): boolean {
  return part === value || decoded(part) === value || part === decoded(value);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
