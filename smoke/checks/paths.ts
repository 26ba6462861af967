import { judged } from '../finding.ts';
import { callApi, isAdmitted, type ProtectedApi, titleOf } from '../protected-api.ts';
import { makeKey, SMOKE_TENANT, type World } from '../world.ts';

/** How API Gateway shows paths to an authorizer, which a key that may read one resource tells. */
export async function paths(world: World): Promise<void> {
  const read = world.apis.filter(
    ({ scheme, kind }) => scheme === 'tenant' && (kind === 'rest' || kind === 'http'),
  );
  for (const api of read) await pathsOf(world, api);
  if (!read.some(isMapped)) {
    world.tell({
      chapter: 'open questions',
      promise:
        'behind the base path of a custom domain, an HTTP API’s routes need the permissions that they need without it',
      verdict: 'not asked',
      advice:
        'Where an API of yours has a custom domain with a base path, name it by --api with that address.',
    });
  }
}

async function pathsOf(world: World, api: ProtectedApi): Promise<void> {
  const { tell, signal } = world;
  const { pathname } = new URL(api.url);
  const split = splitPath(api);
  const title = titleOf(api);
  if (split === undefined) {
    const advice = `Name ${title} by the address of a resource such as …/v1/orders, to have its paths asked about.`;
    tell({
      chapter: 'open questions',
      promise: `${title}: paths are read alike`,
      verdict: 'not asked',
      advice,
    });
    return;
  }
  const { before, resource } = split;
  const { secret: key } = await makeKey(world, api.environment, { permissions: [`${resource}:read`] });
  const status = async (path: string) =>
    (await callApi(api, { key, tenantId: SMOKE_TENANT }, { path, signal })).status;

  const own = await status(pathname);
  const mapped = isMapped(api) ? ', behind its custom domain' : '';
  tell(
    judged(
      'open questions',
      `${title}${mapped}: a key with ${resource}:read alone may read ${resource}`,
      isAdmitted({ status: own }),
      {
        seen: `${own}`,
        advice: `The authorizer of ${title} is shown another path than the API’s own. Where a base path is in front, call it under \`/\` of a host name of its own, or give callers keys with *:*; look into its log for the path’s reading.`,
      },
    ),
  );

  const doubtful = [
    `${before}%${hex(resource)}${resource.slice(1)}`,
    `${before}${resource}/..%2f${resource}`,
    `${before}${resource}/a%2fb`,
    `${before}${resource};v=1`,
    `${before}/${resource}`,
    `${before}${resource}/%2e%2e/other`,
    `${before}${resource}/a%2525`,
  ];
  const seen = await Promise.all(doubtful.map(async (path) => ({ path, status: await status(path) })));
  const letIn = seen.filter(isAdmitted);
  tell(
    judged(
      'open questions',
      `${title}: a path that two readers may read in different ways is closed to a key with one permission`,
      letIn.length === 0,
      {
        seen: (letIn.length > 0 ? letIn : seen)
          .map(({ path, status: is }) => `${is} ${path.slice(before.length)}`)
          .join(', '),
        advice: `${title} shows its authorizer such a path as a plain one. Until that is mended in core/domain/request-path.ts, see that the backend reads the path as it is in the event, and decodes nothing.`,
      },
    ),
  );
  const plain = `${pathname.replace(/\/$/, '')}/%40me`;
  const encoded = await status(plain);
  tell(
    judged(
      'open questions',
      `${title}: an encoding that everybody reads alike is open to it`,
      encoded !== 401 && encoded !== 403,
      {
        seen: `${encoded} ${plain.slice(before.length)}`,
        advice: `Callers of ${title} with narrow keys must not encode @ and its like; tell them, or give them *:*.`,
      },
    ),
  );
}

/** What precedes the resource in the path, and its name. */
function splitPath({ url }: ProtectedApi): { before: string; resource: string } | undefined {
  const { pathname } = new URL(url);
  const versioned = /^(.*\/v\d+\/)([A-Za-z][A-Za-z0-9_-]*)(?:\/.*)?$/.exec(pathname);
  const [, before, resource] = versioned ?? /^(.*\/)([A-Za-z][A-Za-z0-9_-]*)$/.exec(pathname) ?? [];
  return before === undefined || resource === undefined ? undefined : { before, resource };
}

/** Whether it is called by a host name of its own, with something before its own path perhaps. */
function isMapped({ kind, url }: ProtectedApi): boolean {
  const { hostname } = new URL(url);
  return kind === 'http' && !/\.execute-api\.|^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}

function hex(resource: string): string {
  return resource.charCodeAt(0).toString(16);
}
