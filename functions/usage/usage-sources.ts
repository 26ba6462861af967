import { found, notFound } from '../../core/domain/ground/not-found.ts';
import type { Environment } from '../../core/domain/keys/key-format.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { KEY_TYPES, type KeyType } from '../../core/domain/products/credential.ts';
import type { UsageSubject } from '../../core/domain/usage/usage-tally.ts';
import { decodeCursor, encodeCursor, foreignCursor } from '../../core/management/cursor.ts';
import type { OperationRequest } from '../../core/management/operation.ts';
import type { usageSchemas } from '../../core/management/schemas/usage-schemas.ts';
import type { UsageDependencies } from './dependencies.ts';
import { tenantAsked } from './tenant-asked.ts';

export type UsageRequest = OperationRequest<typeof usageSchemas.getUsage>;

/** What counts are read from, and what of them is to be told apart. */
export interface Source {
  readonly environment: Environment;
  readonly keyType: KeyType;
  readonly subject: UsageSubject;
}

/** What an answer sums up, and the cursor of what it leaves to the next. */
interface Sources {
  readonly sources: readonly Source[];
  readonly nextCursor: string | null;
}

const ENVIRONMENTS = ['sandbox', 'live'] as const;
/** Of a tenant's: for each environment and type of key. */
const SOURCES_OF_TENANT = ENVIRONMENTS.length * KEY_TYPES.length;
/** Items of counts that an answer reads of many tenants or subscriptions together: some 2 KB each. */
const MOST_ITEMS = 6000;
const MOST_OWNERS = 100;

/**
 * Where the counts are that a request asks for: of one credential, of a product's subscriptions, of a tenant, or of all
 * tenants. Of the many a part, so that no answer reads more than MOST_ITEMS.
 * @param periods how many hours or days it is about
 * @throws DomainError `not_found` for what is none of the person's, `invalid_request` where a tenant has to be named
 */
export async function sourcesOf(
  { person, query }: UsageRequest,
  periods: number,
  dependencies: UsageDependencies,
): Promise<Sources> {
  const { productId, environment } = query;
  const keyId = query.keyId ?? query.subscriptionId;
  const tenantId = keyId === undefined ? tenantAsked(person, query) : query.tenantId;
  const isOfOne = keyId !== undefined || (productId === undefined && tenantId !== undefined);
  // One answer holds all of it, and gave out no cursor.
  if (isOfOne && query.cursor !== undefined) throw foreignCursor();
  const isWanted = (source: { readonly environment: Environment }) =>
    environment === undefined || source.environment === environment;
  if (keyId !== undefined) {
    const owner = tenantId ?? (await dependencies.tenantOf(keyId));
    if (owner === undefined || !actsFor(person, owner)) throw notFound();
    const sources = [await sourceOfCredential(owner, keyId, dependencies)].filter(isWanted);
    return { sources, nextCursor: null };
  }
  if (tenantId !== undefined) found(await dependencies.tenants.get(tenantId));
  if (tenantId !== undefined && isOfOne) {
    return { sources: sourcesOfTenant(tenantId).filter(isWanted), nextCursor: null };
  }
  const list = `usage ${productId ?? ''} ${tenantId ?? ''}`;
  const itemsOfOwner = periods * (productId === undefined ? SOURCES_OF_TENANT : 1);
  const limit = Math.max(1, Math.min(MOST_OWNERS, Math.floor(MOST_ITEMS / itemsOfOwner)));
  const page = { limit, before: decodeCursor(list, query.cursor) };
  if (productId === undefined) {
    const { items, next } = await dependencies.tenants.list('*', page);
    const sources = items.flatMap((tenant) => sourcesOfTenant(tenant.tenantId)).filter(isWanted);
    return { sources, nextCursor: encodeCursor(list, next) };
  }
  const whose = tenantId === undefined ? '*' : [tenantId];
  const { items, next } = await dependencies.subscriptions.list(whose, {
    ...{ ...page, state: undefined, productId },
  });
  const sources = items.filter(isWanted).map(sourceOfSubscription);
  return { sources, nextCursor: encodeCursor(list, next) };
}

function sourcesOfTenant(tenantId: string): Source[] {
  return ENVIRONMENTS.flatMap((environment) =>
    KEY_TYPES.map((keyType) => ({
      environment,
      keyType,
      subject: { kind: 'tenant' as const, tenantId, environment, keyType },
    })),
  );
}

/** @throws DomainError `not_found` also for one of another tenant */
async function sourceOfCredential(
  tenantId: string,
  keyId: string,
  { keys, subscriptions }: UsageDependencies,
): Promise<Source> {
  if (keyId.startsWith('key_')) {
    const { environment, type } = found(await keys.get(tenantId, keyId));
    return { environment, keyType: type, subject: { kind: 'credential', keyId } };
  }
  const subscription = found(await subscriptions.get(keyId));
  if (subscription.tenantId !== tenantId) throw notFound();
  return sourceOfSubscription(subscription);
}

function sourceOfSubscription(of: {
  readonly subscriptionId: string;
  readonly environment: Environment;
}): Source {
  const subject = { kind: 'credential', keyId: of.subscriptionId } as const;
  return { environment: of.environment, keyType: 'subscription', subject };
}
