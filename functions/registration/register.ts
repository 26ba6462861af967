import * as z from 'zod';
import { type KeywrightClient, KeywrightError } from '../../client/keywright-client.ts';
import type { CustomResourceEvent, ResourceProperties } from './custom-resource.ts';

export interface Registering {
  readonly api: Pick<KeywrightClient, 'GET' | 'POST' | 'PATCH' | 'PUT'>;
  /** The OpenAPI document beside the code. */
  readonly document: () => unknown;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly log: (message: string) => void;
}

type Fields = Readonly<Record<string, unknown>>;

const definition = z.object({
  kind: z.enum(['api', 'product']),
  id: z.string(),
  /** As the body of its creation has them, without the id. */
  fields: z.record(z.string(), z.unknown()),
});
type Definition = z.output<typeof definition>;

/** What a field is once a definition names it no more: as if it had never been named. */
const UNSAID: Readonly<Record<Definition['kind'], Fields>> = {
  api: { clientKeyRequired: false, routes: [], oauth: null, description: null, baseUrl: null },
  product: {
    ...{ description: '', requiresApproval: true, plan: { rateLimits: [] }, visibility: 'public', order: 0 },
    ...{ tenantIds: [], documentation: null, termsUrl: null, termsVersion: null },
  },
};
/** Decided once, as an API is made. */
const FIXED = ['environment', 'scheme'];

/** IAM's permissions of a role that was made a moment ago reach API Gateway within this. */
const MOST_TRIES = 13;
const PAUSE_MILLISECONDS = 5_000;

/**
 * Registers an API or a product as a stack defines it. One that is there already becomes what the definition says, so
 * that whatever was cut off can be repeated, and a stack that was deleted made anew. What people changed of fields
 * that the definition does not name stays.
 * @returns the resource's physical id, which is the API's or the product's own
 */
export async function register(event: CustomResourceEvent, registering: Registering): Promise<string> {
  const asked = definitionOf(event.ResourceProperties);
  if (event.RequestType === 'Delete') {
    await leave(event.PhysicalResourceId ?? asked.id, asked, registering);
    return event.PhysicalResourceId ?? asked.id;
  }
  const before = event.OldResourceProperties;
  const there = await patiently(() => find(asked, registering), registering);
  if (there === undefined) await create(asked, event.RequestId, registering);
  else await update(asked, there, before && definitionOf(before).fields, registering);
  const { DocumentHash } = event.ResourceProperties;
  if (DocumentHash !== undefined && (there === undefined || DocumentHash !== before?.DocumentHash)) {
    const params = { path: { apiId: asked.id } };
    await registering.api.PUT('/v1/apis/{apiId}/openapi', { params, body: registering.document() as never });
  }
  return asked.id;
}

function definitionOf({ Definition }: ResourceProperties): Definition {
  return definition.parse(JSON.parse(Definition));
}

async function find({ kind, id }: Definition, { api }: Registering): Promise<Fields | undefined> {
  try {
    const { data } =
      kind === 'api'
        ? await api.GET('/v1/apis/{apiId}', { params: { path: { apiId: id } } })
        : await api.GET('/v1/products/{productId}', { params: { path: { productId: id } } });
    return { ...data };
  } catch (error) {
    if (error instanceof KeywrightError && error.status === 404) return undefined;
    throw error;
  }
}

async function create({ kind, id, fields }: Definition, token: string, { api }: Registering): Promise<void> {
  const params = { header: { 'Idempotency-Key': token } };
  if (kind === 'api') await api.POST('/v1/apis', { params, body: { ...fields, apiId: id } as never });
  else await api.POST('/v1/products', { params, body: { ...fields, productId: id } as never });
}

/** @param before what the definition said until now, where there was one */
async function update(
  { kind, id, fields }: Definition,
  there: Fields,
  before: Fields | undefined,
  { api }: Registering,
): Promise<void> {
  for (const name of FIXED) {
    if (fields[name] === undefined || fields[name] === there[name]) continue;
    throw new Error(
      `${name} of ${id} is ${there[name]} and can't become ${fields[name]}: give the construct another id, or another apiId.`,
    );
  }
  const unsaid = Object.entries(UNSAID[kind]).filter(([name]) => before?.[name] !== undefined);
  const body = { ...Object.fromEntries(unsaid), ...fields };
  const changes = Object.fromEntries(Object.entries(body).filter(([name]) => !FIXED.includes(name)));
  if (kind === 'api')
    await api.PATCH('/v1/apis/{apiId}', { params: { path: { apiId: id } }, body: changes as never });
  else
    await api.PATCH('/v1/products/{productId}', {
      params: { path: { productId: id } },
      body: changes as never,
    });
}

/**
 * Keys and subscriptions hang on it, so it stays; an API's address goes with the stack. Nothing here keeps a stack from
 * being deleted.
 */
async function leave(id: string, { kind, fields }: Definition, { api, log }: Registering): Promise<void> {
  if (kind === 'api' && fields.baseUrl !== undefined) {
    const params = { path: { apiId: id } };
    await api
      .PATCH('/v1/apis/{apiId}', { params, body: { baseUrl: null } })
      .catch((error) => log(`Its address stays as well: ${error.message}`));
  }
  log(
    `${id} stays in Keywright, with the keys and subscriptions that it is for: nobody can call it any more, and only an admin takes it out of products.`,
  );
}

/** Tries again while API Gateway refuses what the role may do. */
async function patiently<T>(ask: () => Promise<T>, { pause }: Registering): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof KeywrightError && error.status === 403) || tries === MOST_TRIES) throw error;
      await pause(PAUSE_MILLISECONDS);
    }
  }
}
