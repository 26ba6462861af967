import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { idOfParts } from '../../core/domain/ground/idempotency.ts';
import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { readKeyQuery } from '../../core/domain/keys/key-query.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { decodeCursor, encodeCursor, foreignCursor, isTimed } from '../../core/management/cursor.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { keySchemas } from '../../core/management/schemas/key-schemas.ts';
import { presentKey } from '../../core/management/schemas/key-shape.ts';
import { formatPosition, type KeyPosition, type TenantsKey, tenantOf } from '../../core/store/key-lists.ts';
import type { KeyDependencies } from './dependencies.ts';
import { passes } from './list-keys.ts';

type Request = OperationRequest<typeof keySchemas.findKeys>;

/** A tenant's place; then maybe that of one of its keys, by time or by name, which the id ends. */
const POSITION =
  /^(?<tenant>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[A-Za-z0-9_-]{1,60})(?: (?<key>\P{Cs}{0,1000}#key_[0-9A-Za-z]{12}))?$/u;
/** Before all tenants: as a place it comes after what was found by hint. */
const START: KeyPosition = { tenant: '9999-12-31T23:59:59.999Z#z' };

/**
 * Keys of the tenants that a person acts for. Without a text all of them, tenant by tenant; with one the key of that
 * id, or those with that hint, and then those whose names begin so.
 */
export async function findKeys(
  { query, person, context }: Request,
  dependencies: KeyDependencies,
): Promise<Answer> {
  const { keys, keyLists, tenants, lastUses } = dependencies;
  const { tenantId, q, limit } = query;
  if (tenantId !== undefined) {
    if (!actsFor(person, tenantId)) throw notFound();
    found(await tenants.get(tenantId));
  }
  const which = tenantId === undefined ? person.tenants : [tenantId];
  // A hash of what is looked for, which may be as long as the name that a cursor holds besides.
  const list = `keys of ${idOfParts([tenantId ?? '*', q ?? ''])}`;
  const matches = (used: TenantsKey) => passes(used, query, context.now);
  const asked = q === undefined ? undefined : readKeyQuery(q);
  const from = positionIn(list, query.cursor, which, asked?.namePrefix);
  const answer = (items: readonly TenantsKey[], next: string | null): Answer => ({
    status: 200,
    body: {
      items: items.map(({ key, lastUse, tenant }) => presentKey(key, context.now, lastUse, tenant)),
      nextCursor: encodeCursor(list, next),
    },
  });
  if (asked?.keyId !== undefined) {
    const key = await keys.find(asked.keyId);
    if (key !== undefined && actsFor({ tenants: which }, key.tenantId)) {
      const tenant = await tenants.get(key.tenantId);
      const used = { key, tenant, lastUse: await lastUses.lastUseOf(key.keyId) };
      return answer([used].filter(matches), null);
    }
  }
  const isFirst = from === undefined && asked?.hint !== undefined;
  const hits = isFirst ? (await keyLists.withHint(which, asked.hint)).filter(matches).slice(0, limit) : [];
  if (hits.length === limit) return answer(hits, formatPosition(START));
  const page = await keyLists.list(which, asked, { limit: limit - hits.length, from, matches });
  const others = page.items.filter(({ key }) => !hits.some((hit) => hit.key.keyId === key.keyId));
  return answer([...hits, ...others], page.next);
}

/** @throws DomainError `invalid_request` for a cursor that this list did not give out to this person */
function positionIn(
  list: string,
  cursor: string | undefined,
  which: '*' | readonly string[],
  namePrefix = '',
): KeyPosition | undefined {
  const text = decodeCursor(list, cursor, 'cursor', (position) => isTimed(position, POSITION));
  if (text === undefined) return undefined;
  const { tenant = '', key } = POSITION.exec(text)?.groups ?? {};
  const position = { tenant, ...(key !== undefined && { key }) };
  if (key?.startsWith(namePrefix) === false) throw foreignCursor();
  if (key === undefined || actsFor({ tenants: which }, tenantOf(position))) return position;
  throw new DomainError(
    'invalid_request',
    'The cursor is of a tenant that is not yours any more; start again',
    {
      param: 'cursor',
    },
  );
}
