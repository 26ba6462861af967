import type { Reached } from './key-reach.ts';

/** One call that a key can make. */
export interface Target {
  readonly apiId: string;
  readonly name: string;
  readonly method: string;
  readonly url: string;
}

/** What stands for an API whose address is not known. */
export const EXAMPLE: Target = {
  apiId: '',
  name: '',
  method: 'GET',
  url: 'https://api.example.com/v1/orders',
};

interface Addressed {
  readonly apiId: string;
  /** Null where nobody has registered it. */
  readonly baseUrl: string | null;
}

/**
 * For each API that a key opens and whose address is known, a call to try: one that reads, and a path as it stands, before
 * others.
 * @param permissions the key's, which name the path where an API declares no routes
 */
export function targetsOf(
  apis: readonly Addressed[],
  reached: readonly Reached[],
  permissions: readonly string[],
): Target[] {
  return reached.flatMap(({ apiId, name, routes, isByResource }) => {
    const base = apis.find((api) => api.apiId === apiId)?.baseUrl?.replace(/\/+$/, '');
    const route = isByResource ? byResource(permissions) : best(routes);
    if (!base || route === undefined) return [];
    const [method = 'GET', path = '/'] = route.split(' ');
    return [{ apiId, name, method: method === 'ANY' ? 'GET' : method, url: `${base}${path}` }];
  });
}

/** A path whose resource the key has, below a version as in the other examples. */
function byResource(permissions: readonly string[]): string {
  const [resource = '*', action = 'read'] = (
    permissions.find((each) => !each.startsWith('*')) ?? '*:*'
  ).split(':');
  return `${action === 'write' ? 'POST' : 'GET'} /v1/${resource === '*' ? 'orders' : resource}`;
}

function best(routes: readonly string[]): string | undefined {
  const rank = (route: string) => (/^(?:GET|ANY) /.test(route) ? 0 : 2) + (route.includes('{') ? 1 : 0);
  return [...routes].sort((a, b) => rank(a) - rank(b))[0];
}
