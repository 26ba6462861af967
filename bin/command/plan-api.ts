import { isWaiting, type KeywrightClient, type Schemas } from '../../client/keywright-client.ts';
import { usage } from './exit.ts';
import type { Actual, Change, Wanted } from './plan.ts';

const PAGE = { params: { query: { limit: 100 } } };

/** What is there of the kinds that the file names; `apis` of products as `name/environment`, as files have them. */
export async function readActual(api: KeywrightClient, wanted: readonly Wanted[]): Promise<Actual[]> {
  const found: Actual[] = [];
  const names = new Map<string, string>();
  if (wanted.some(({ kind }) => kind === 'api' || kind === 'product')) {
    for await (const each of api.items('/v1/apis', PAGE)) {
      const name = `${each.name}/${each.environment}`;
      names.set(each.apiId, name);
      found.push({ kind: 'api', name, fields: each, id: each.apiId });
    }
  }
  if (wanted.some(({ kind }) => kind === 'product')) {
    for await (const each of api.items('/v1/products', PAGE)) {
      const apis = each.apiIds.map((id) => names.get(id) ?? id);
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
  if (twice !== undefined) throw usage(`several of kind ${twice.kind} are called ${twice.name}; rename one`);
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
const changed = ({ fields }: Change): Record<string, unknown> =>
  Object.fromEntries(fields.map(({ field, to }) => [field, to]));

async function writeApi(api: KeywrightClient, change: Change): Promise<object> {
  if (change.id === undefined) return (await api.POST('/v1/apis', { body: change.whole as never })).data;
  const params = { path: { apiId: change.id }, ...tagged(change) };
  return (await api.PATCH('/v1/apis/{apiId}', { params, body: changed(change) as never })).data;
}

async function writeProduct(api: KeywrightClient, change: Change): Promise<object> {
  const { apis, ...rest } = change.id === undefined ? change.whole : changed(change);
  const body = {
    ...rest,
    ...(apis !== undefined && { apiIds: await idsOf(api, apis as string[]) }),
  } as never;
  if (change.id === undefined) return (await api.POST('/v1/products', { body })).data;
  const params = { path: { productId: change.id }, ...tagged(change) };
  return (await api.PATCH('/v1/products/{productId}', { params, body })).data;
}

/** By name, since those that the same file makes have no id when it is written. */
async function idsOf(api: KeywrightClient, names: readonly string[]): Promise<string[]> {
  const ids = new Map<string, string>();
  for await (const each of api.items('/v1/apis', PAGE))
    ids.set(`${each.name}/${each.environment}`, each.apiId);
  return names.map((name) => ids.get(name) ?? name);
}

async function writeRole(api: KeywrightClient, change: Change): Promise<object> {
  const params = { path: rolePath(change.name), ...tagged(change) };
  return (await api.PUT('/v1/tenants/{tenantId}/roles/{role}', { params, body: change.whole as never })).data;
}

/** Who is no member is invited. */
async function writeMember(api: KeywrightClient, change: Change): Promise<object> {
  const { name, id } = change;
  const [tenantId = '', email = ''] = name.split('/');
  const body = { email, ...changed(change) } as never;
  if (id === undefined)
    return (await api.POST('/v1/tenants/{tenantId}/invitations', { params: { path: { tenantId } }, body }))
      .data;
  const params = { path: { tenantId, sub: id } };
  return (await api.PATCH('/v1/tenants/{tenantId}/members/{sub}', { params, body: changed(change) as never }))
    .data;
}
