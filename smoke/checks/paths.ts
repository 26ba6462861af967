import { judged } from '../finding.ts';
import { callApi, isAdmitted, isDeclared, type ProtectedApi, titleOf } from '../protected-api.ts';
import { makeKey, SMOKE_TENANT, type World } from '../world.ts';

const CHAPTER = 'open questions';

/** How API Gateway shows paths to an authorizer, as a key tells that may read one resource. */
export async function paths(world: World): Promise<void> {
  const read = world.apis.filter(
    ({ scheme, kind }) => scheme === 'tenant' && (kind === 'rest' || kind === 'http'),
  );
  for (const api of read) await pathsOf(world, api);
  if (read.some(isMapped)) return;
  world.tell({
    chapter: CHAPTER,
    promise: 'an authorizer knows an HTTP API’s own path behind the base path of a custom domain',
    verdict: 'not asked',
    advice:
      'Where an HTTP API of yours has a custom domain with a base path, name it by --api with that address.',
  });
}

interface Asked {
  readonly path: string;
  readonly status: number;
  /** What the demonstration's backend says that it was shown; undefined of other backends. */
  readonly shown: string | undefined;
}

async function pathsOf(world: World, api: ProtectedApi): Promise<void> {
  const { tell, signal } = world;
  const subject = titleOf(api);
  const split = splitPath(api);
  if (split === undefined || isDeclared(api)) {
    const advice = `Name ${subject} by the address of a resource like …/v1/orders that its route table doesn’t have, to have its paths asked about.`;
    tell({ chapter: CHAPTER, subject, promise: 'paths are read alike', verdict: 'not asked', advice });
    return;
  }
  const { before, resource } = split;
  const { secret: key } = await makeKey(world, api.environment, { permissions: [`${resource}:read`] });
  const ask = async (path: string): Promise<Asked> => {
    const answer = await callApi(api, { key, tenantId: SMOKE_TENANT }, { path: before + path, signal });
    return { path, status: answer.status, shown: shownIn(answer.text) };
  };
  await tellOwnPath(world, api, resource, await ask(resource));
  await tellDoubtful(world, api, resource, ask);
  const encoded = await ask(`${resource}/%40me`);
  tell(
    judged({
      chapter: CHAPTER,
      subject,
      promise: 'an encoding that everybody reads alike is open to it',
      isKept: encoded.status !== 401 && encoded.status !== 403,
      seen: inWords([encoded]),
      advice: `Callers of ${subject} with narrow keys must not encode @ and its like; tell them, or give them *:*.`,
    }),
  );
}

async function tellOwnPath({ tell }: World, api: ProtectedApi, resource: string, own: Asked): Promise<void> {
  const subject = titleOf(api);
  const mapped = isMapped(api) ? ', behind its custom domain too' : '';
  tell(
    judged({
      chapter: CHAPTER,
      subject,
      promise: `a key with ${resource}:read alone may read ${resource}${mapped}`,
      isKept: isAdmitted(own),
      seen: `${own.status}`,
      advice: `The authorizer of ${subject} is shown another path than the API’s own. Call it without a base path (a host name of its own, or the execute-api address), or give its callers keys with *:*, and report it with the path that the log has.`,
    }),
  );
}

/** What two readers could read in different ways needs `*:*`, unless both are shown the same, decoded path. */
async function tellDoubtful(
  { tell }: World,
  api: ProtectedApi,
  resource: string,
  ask: (path: string) => Promise<Asked>,
): Promise<void> {
  const first = resource.charCodeAt(0).toString(16);
  const never = [
    `${resource}/..%2f${resource}`,
    `${resource};v=1`,
    `/${resource}`,
    `${resource}/%2e%2e/x`,
    `${resource}/a%2525`,
  ];
  const decodable = [`%${first}${resource.slice(1)}`, `${resource}/a%2fb`];
  const asked = await Promise.all([...never, ...decodable].map(ask));
  const letIn = asked.filter(isAdmitted);
  // Where the gateway decodes before it shows a path to anybody (payload 2.0, `rawPath`), these two are plain.
  const isPlain = ({ path, shown }: Asked) => decodable.includes(path) && shown?.includes('%') !== true;
  const wrong = letIn.filter((one) => !isPlain(one));
  const question = {
    chapter: CHAPTER,
    subject: titleOf(api),
    promise: 'a path that two readers may read in different ways is closed to it, or shown decoded to both',
    seen: inWords(wrong.length === 0 ? asked : wrong),
  } as const;
  if (wrong.length === 0 && letIn.some(({ shown }) => shown === undefined)) {
    const advice = `Ask for ${letIn.map(({ path }) => path).join(' and ')} of ${titleOf(api)}, and see that its backend is shown them decoded, as its authorizer is.`;
    tell({ ...question, verdict: 'not asked', advice });
    return;
  }
  tell(
    judged({
      ...question,
      isKept: wrong.length === 0,
      advice: `A backend of ${titleOf(api)} may read these paths as another resource than its authorizer did. See that it takes the path as the event has it and decodes nothing, and give such callers keys without narrow permissions until then.`,
    }),
  );
}

function inWords(asked: readonly Asked[]): string {
  return asked.map(({ path, status }) => `${status} ${path}`).join(', ');
}

function shownIn(text: string): string | undefined {
  try {
    const { path } = JSON.parse(text) as { path?: unknown };
    return typeof path === 'string' ? path : undefined;
  } catch {
    return undefined;
  }
}

/** What precedes the resource in the path, and its name. */
function splitPath({ url }: ProtectedApi): { before: string; resource: string } | undefined {
  const { pathname } = new URL(url);
  const versioned = /^(.*\/v\d+\/)([A-Za-z][A-Za-z0-9_-]*)(?:\/.*)?$/.exec(pathname);
  const [, before, resource] = versioned ?? /^(.*\/)([A-Za-z][A-Za-z0-9_-]*)$/.exec(pathname) ?? [];
  return before === undefined || resource === undefined ? undefined : { before, resource };
}

/** Whether an HTTP API is called by a host name of its own, with something before its own path perhaps. */
function isMapped({ kind, url }: ProtectedApi): boolean {
  const { hostname } = new URL(url);
  return kind === 'http' && !/\.execute-api\.|^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}
