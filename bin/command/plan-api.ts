import { isWaiting, type KeywrightClient, type Schemas } from '../../client/keywright-client.ts';
import { usage } from './exit.ts';
import type { Actual, Change, Wanted } from './plan.ts';

const PAGE = { params: { query: { limit: 100 } } };

/** What is there of the kinds that the file names; `apis` of products as `name/environment`, as files have them. */
export async function readActual(api: KeywrightClient, wanted: readonly Wanted[]): Promise<Actual[]> {
  const found: Actual[] = [];
  const named = apisNamed(wanted);
  const names = new Map<string, string>();
  if (wanted.some(({ kind }) => kind === 'api' || kind === 'product')) {
    for await (const each of api.items('/v1/apis', PAGE)) {
      const name = `${each.name}/${each.environment}`;
      names.set(each.apiId, name);
      found.push({ kind: 'api', name, fields: each, id: each.apiId });
    }
  }
  const apis = new Set(wanted.filter(({ kind }) => kind === 'api').map(({ name }) => name));
  for (const name of named) if (!apis.has(`${name}`)) idOf(found, name);
  if (wanted.some(({ kind }) => kind === 'product')) {
    for await (const each of api.items('/v1/products', PAGE)) {
      // As the file has it.
      const apis = each.apiIds.map((id) => (named.includes(id) ? id : (names.get(id) ?? id)));
      found.push({ kind: 'product', name: each.name, fields: { ...each, apis }, id: each.productId });
    }
  }
  // Principals of AWS may read roles, and no members.
  for (const tenantId of tenantsOf('role', wanted)) {
    const params = { path: { tenantId } };
    for await (const each of api.items('/v1/tenants/{tenantId}/roles', { params }))
      found.push({ kind: 'role', name: `${tenantId}/${each.role}`, fields: roleFields(each) });
  }
  for (const tenantId of tenantsOf('member', wanted)) {
    const params = { path: { tenantId } };
    for await (const each of api.items('/v1/tenants/{tenantId}/members', { params }))
      found.push({ kind: 'member', name: `${tenantId}/${each.email}`, fields: each, id: each.sub });
    for await (const each of api.items('/v1/tenants/{tenantId}/invitations', { params }))
      found.push({ kind: 'member', name: `${tenantId}/${each.email}`, fields: each });
  }
  return withTags(api, found, wanted);
}

/** The APIs that products of the file have, by name or by id. */
function apisNamed(wanted: readonly Wanted[]): readonly unknown[] {
  return wanted.flatMap(({ kind, fields }) =>
    kind === 'product' && Array.isArray(fields.apis) ? fields.apis : [],
  );
}

/** An API by its name, or what is none as it is. @throws Exit where none or several are called so */
function idOf(apis: readonly Pick<Actual, 'name' | 'id'>[], name: unknown): string {
  const found = apis.filter((each) => each.name === name);
  if (found.length > 1) throw usage(`Several APIs are called ${name}; give one of ${idsIn(found)}`);
  if (found.length === 0 && typeof name === 'string' && name.includes('/'))
    throw usage(`There is no API ${name}; expected its name and environment, or its id`);
  return found[0]?.id ?? (name as string);
}

const idsIn = (found: readonly Pick<Actual, 'id'>[]) => found.map(({ id }) => id).join(', ');

/** What a `PUT` of a role takes. */
const roleFields = ({ permissions, description }: Schemas['Role']) => ({ permissions, description });

function tenantsOf(kind: 'role' | 'member', wanted: readonly Wanted[]): ReadonlySet<string> {
  return new Set(wanted.filter((each) => each.kind === kind).map(({ name }) => name.split('/')[0] ?? ''));
}

/** As each is by now: a change that somebody makes between the plan and us is not undone unseen. */
async function withTags(api: KeywrightClient, found: Actual[], wanted: readonly Wanted[]): Promise<Actual[]> {
  const named = found.filter((each) =>
    wanted.some(({ kind, name }) => kind === each.kind && name === each.name),
  );
  const twice = named.find(
    (each) =>
      each.id &&
      named.some((other) => other !== each && other.name === each.name && other.kind === each.kind),
  );
  if (twice !== undefined) {
    const ids = idsIn(named.filter(({ kind, name }) => kind === twice.kind && name === twice.name));
    throw usage(`Several of kind ${twice.kind} are called ${twice.name}; rename one of ${ids}`);
  }
  return Promise.all(
    named.map(async (each) => {
      const response = await READERS[each.kind]?.(api, each);
      return response === undefined ? each : { ...each, etag: response.headers.get('etag') ?? undefined };
    }),
  );
}

/** Those that an `If-Match` is for, one by one. */
const READERS: Partial<Record<Actual['kind'], (api: KeywrightClient, of: Actual) => Promise<Response>>> = {
  api: async (api, { id }) =>
    (await api.GET('/v1/apis/{apiId}', { params: { path: { apiId: String(id) } } })).response,
  product: async (api, { id }) =>
    (await api.GET('/v1/products/{productId}', { params: { path: { productId: String(id) } } })).response,
  role: async (api, { name }) =>
    (await api.GET('/v1/tenants/{tenantId}/roles/{role}', { params: { path: rolePath(name) } })).response,
};

function rolePath(name: string): { tenantId: string; role: string } {
  const [tenantId = '', role = ''] = name.split('/');
  return { tenantId, role };
}

/** What became of a change: the id of the approval that it waits for, or the link of an invitation, shown this once. */
export interface Written {
  readonly approvalId?: string | undefined;
  readonly link?: string | undefined;
}

/** Carries one change out. */
export async function write(api: KeywrightClient, change: Change): Promise<Written> {
  const data = (await WRITERS[change.kind](api, change)) ?? {};
  return isWaiting(data) ? { approvalId: data.approval.approvalId } : { link: (data as Written).link };
}

type Writer = (api: KeywrightClient, change: Change) => Promise<object | undefined>;

const WRITERS: Readonly<Record<Change['kind'], Writer>> = {
  api: writeApi,
  product: writeProduct,
  role: writeRole,
  member: writeMember,
};

const tagged = ({ etag }: Change) => (etag === undefined ? {} : { header: { 'If-Match': etag } });

/**
 * What is sent of a change.
 * @param idOf gives an API's id for what the file calls it
 */
export function bodyOf(change: Change, idOf: (name: unknown) => unknown): Record<string, unknown> {
  const { kind, id, name, fields, whole } = change;
  if (kind === 'role') return whole;
  const { apis, ...rest } = Object.fromEntries(fields.map(({ field, to }) => [field, to]));
  if (kind === 'member' && id === undefined) return { email: name.split('/')[1], ...rest };
  if (apis === undefined || kind !== 'product') return { ...rest, ...(apis !== undefined && { apis }) };
  return { ...rest, apiIds: Array.isArray(apis) ? apis.map(idOf) : apis };
}

/** Where no product is written, no API is named. */
const noApi = (name: unknown) => name;

async function writeApi(api: KeywrightClient, change: Change): Promise<object> {
  const body = bodyOf(change, noApi) as never;
  if (change.id === undefined) return (await api.POST('/v1/apis', { body })).data;
  const params = { path: { apiId: change.id }, ...tagged(change) };
  return (await api.PATCH('/v1/apis/{apiId}', { params, body })).data;
}

async function writeProduct(api: KeywrightClient, change: Change): Promise<object> {
  const apis = await apisNow(api);
  const body = bodyOf(change, (name) => idOf(apis, name)) as never;
  if (change.id === undefined) return (await api.POST('/v1/products', { body })).data;
  const params = { path: { productId: change.id }, ...tagged(change) };
  return (await api.PATCH('/v1/products/{productId}', { params, body })).data;
}

/** Those that the same file makes have no id when it is written. */
async function apisNow(api: KeywrightClient): Promise<{ name: string; id: string }[]> {
  const apis: { name: string; id: string }[] = [];
  for await (const { name, environment, apiId } of api.items('/v1/apis', PAGE))
    apis.push({ name: `${name}/${environment}`, id: apiId });
  return apis;
}

async function writeRole(api: KeywrightClient, change: Change): Promise<object> {
  const params = { path: rolePath(change.name), ...tagged(change) };
  return (
    await api.PUT('/v1/tenants/{tenantId}/roles/{role}', { params, body: bodyOf(change, noApi) as never })
  ).data;
}

/** Who is no member is invited. */
async function writeMember(api: KeywrightClient, change: Change): Promise<object> {
  const { name, id } = change;
  const [tenantId = ''] = name.split('/');
  const body = bodyOf(change, noApi) as never;
  if (id === undefined)
    return (await api.POST('/v1/tenants/{tenantId}/invitations', { params: { path: { tenantId } }, body }))
      .data;
  const params = { path: { tenantId, sub: id } };
  return (await api.PATCH('/v1/tenants/{tenantId}/members/{sub}', { params, body })).data;
}
