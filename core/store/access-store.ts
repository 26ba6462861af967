import { clockOf } from '../access/clock.ts';
import { type AccessRecords, type AccessStore, type NetworkSighting, nextMoment } from '../access/ports.ts';
import { type AwsCall, AwsError } from '../aws/aws-call.ts';
import { BARRED, EVENTS_FROM, LAST_EVENT, TTL_ATTRIBUTE, TURN_ATTRIBUTE } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import type { KeyAlias } from '../domain/imports/imported-key.ts';
import { subjectOf } from '../domain/products/credential.ts';
import { type AttributeMap, fromAttributes, toAttributes } from './attribute-value.ts';
import * as itemKey from './item-key.ts';
import { type ItemKey, isSharedByKeys } from './item-keys.ts';
import { SharedItems } from './shared-items.ts';

const NETWORK_SECONDS = 90 * 24 * 3600;

/**
 * The request plane's store over DynamoDB's plain JSON protocol. Reads are consistent: within a Region a
 * change is seen by every reading that starts after it. It writes the regional table alone.
 * @param apiId undefined where keys are looked at and no API is called
 * @param sharedMilliseconds for how long an item that many keys share is used after its reading began
 * @param newEventId makes an id that sorts by the given time
 */
export function accessStore(options: {
  readonly dynamodb: AwsCall;
  readonly table: string;
  readonly regionalTable: string;
  readonly apiId: string | undefined;
  readonly sharedMilliseconds: number;
  readonly now: () => number;
  readonly newEventId: (time: Date) => string;
}): AccessStore {
  const { dynamodb, table, regionalTable, apiId, now, newEventId } = options;
  const clock = clockOf(now);
  const shared = new SharedItems(clock, options.sharedMilliseconds);
  const key = ({ pk, sk }: ItemKey) => ({ pk: { S: pk }, sk: { S: sk } });

  const asked = (name: string, keys: readonly ItemKey[]) =>
    keys[0] && { [name]: { Keys: keys.map(key), ConsistentRead: true } };

  /** Items of both tables in one request. @param regional those of the regional table */
  const readItems = async (
    wanted: readonly ItemKey[],
    regional: readonly ItemKey[] = [],
  ): Promise<Map<string, Record<string, unknown>>> => {
    const output = await dynamodb('BatchGetItem', {
      RequestItems: { ...asked(table, wanted), ...asked(regionalTable, regional) },
    });
    const { Responses = {} } = output as { Responses?: Record<string, AttributeMap[]> };
    const items = Object.values(Responses).flat().map(fromAttributes);
    return new Map(items.map((item) => [`${item.pk}`, item]));
  };

  /**
   * Items by their partition key, shared ones from memory while they are young, and when the oldest was read.
   * @param parties who is named. With a credential in `evenlyFor` as many items are read whatever it names, and
   *   whatever memory holds of that
   * @param anew whether memory is not to be asked
   * @param regional items of the regional table to read beside them
   */
  const readRecords = async (
    wanted: readonly ItemKey[],
    parties: { readonly named: readonly ItemKey[]; readonly evenlyFor: string | undefined },
    anew: boolean,
    regional?: readonly ItemKey[],
  ) => {
    const startedAt = clock.steady();
    const began = nextMoment();
    const known = new Map(
      [...wanted, ...parties.named].flatMap(({ pk }) => {
        const read = !anew && shared.get(pk);
        return read ? [[pk, read] as const] : [];
      }),
    );
    const isMissing = ({ pk }: ItemKey) => !known.has(pk);
    const missing = [
      ...wanted.filter(isMissing),
      ...evened(parties.named.filter(isMissing), parties.evenlyFor),
    ];
    const items =
      missing.length === 0 ? new Map<string, Record<string, unknown>>() : await readItems(missing, regional);
    const span = { began, answered: nextMoment() };
    for (const { pk, sk } of missing) {
      const item = items.get(pk);
      if (item && isSharedByKeys({ pk, sk })) shared.keep(pk, { item, readAt: startedAt, span });
    }
    const readAt = Math.min(startedAt, ...[...known.values()].map((read) => read.readAt));
    return {
      readAt,
      get: (pk = '') => known.get(pk)?.item ?? items.get(pk),
      spanOf: (pk = '') => known.get(pk)?.span ?? span,
    };
  };

  return {
    apiId,

    async read({ credentialId, tenantId, productId, network, evenly = false, anew = false }) {
      const own = itemKey.credential(credentialId);
      const api = apiId ? [itemKey.api(apiId)] : [];
      const seen = network ? [itemKey.seenNetwork(credentialId, network)] : [];
      const isNamed = tenantId !== undefined;
      const said = isNamed ? partiesOf({ tenantId, productId }) : NOBODY;
      const evenlyFor = evenly ? credentialId : undefined;
      const items = await readRecords([own, ...api], { named: keysOf(said), evenlyFor }, anew, seen);
      const credential = credentialOf(items.get(own.pk));
      const named = isNamed ? said : credential ? partiesOf(credential) : NOBODY;
      const parties = isNamed
        ? items
        : await readRecords([], { named: keysOf(named), evenlyFor: credentialId }, anew);
      const [tenant, product] = [named.tenant?.pk, named.product?.pk];
      return {
        readAt: Math.min(items.readAt, parties.readAt),
        spans: {
          credential: items.spanOf(own.pk),
          tenant: parties.spanOf(tenant),
          product: parties.spanOf(product),
          api: items.spanOf(api[0]?.pk),
        },
        credential,
        tenant: recordOf(parties.get(tenant)),
        product: recordOf(parties.get(product)),
        api: recordOf(items.get(api[0]?.pk)),
        networkSeenUntil: items.get(seen[0]?.pk)?.[TTL_ATTRIBUTE] as number | undefined,
      };
    },

    async findAlias(digests) {
      const keys = digests.map(itemKey.alias);
      const items = await readItems(keys);
      const first = keys.map(({ pk }) => items.get(pk)).find(Boolean);
      if (!first) return undefined;
      const { pk, sk, ...alias } = first;
      return alias as unknown as KeyAlias;
    },

    async readSeenNetwork(credentialId, network) {
      const seen = itemKey.seenNetwork(credentialId, network);
      return (await readItems([], [seen])).get(seen.pk)?.[TTL_ATTRIBUTE] as number | undefined;
    },

    async noteNetwork(sighting) {
      const seconds = Math.floor(now() / 1000);
      const event =
        sighting.knownUntil === undefined ? sightingEvent(sighting, new Date(now()), newEventId) : undefined;
      try {
        await dynamodb('PutItem', {
          TableName: regionalTable,
          Item: {
            ...key(itemKey.seenNetwork(sighting.credentialId, sighting.network)),
            ...toAttributes({
              [TTL_ATTRIBUTE]: seconds + NETWORK_SECONDS,
              ...(event && { [LAST_EVENT]: event }),
            }),
          },
          ConditionExpression: event ? 'attribute_not_exists(pk) OR #ttl <= :now' : 'attribute_exists(pk)',
          ...(event && {
            ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
            ExpressionAttributeValues: { ':now': { N: `${seconds}` } },
          }),
        });
      } catch (error) {
        // Someone else was first, which is all that was wanted.
        if (!(error instanceof AwsError) || error.name !== 'ConditionalCheckFailedException') throw error;
      }
    },
  };
}

/** One text and not a list of them: this is loaded by every authorizer. */
const NOT_DECIDED_BY: ReadonlySet<string> = new Set([
  ...(
    'pk sk listPk listSk subscriptionSk duePk dueAt namePk nameKey hintKey idempotency ' +
    'name metadata createdAt createdBy createdByName updatedAt revocation disabling reminders answered use decided ' +
    'description documentation visibility tenantIds order termsUrl termsVersion baseUrl openapi ' +
    'sealedPrimary sealedSecondary sealedClientKey'
  ).split(' '),
  ...[LAST_EVENT, EVENTS_FROM, TURN_ATTRIBUTE],
]);

/**
 * What decisions need of an item. The rest, such as metadata, the last event and whose turn it is, is not theirs,
 * would be remembered with it, and is no change of anything that was decided.
 */
function recordOf<Record>(item: Readonly<{ [name: string]: unknown }> | undefined): Record | undefined {
  if (!item) return undefined;
  const record: { [name: string]: unknown } = {};
  for (const name in item) if (!NOT_DECIDED_BY.has(name)) record[name] = item[name];
  return record as Record;
}

function credentialOf(item: Readonly<{ [name: string]: unknown }> | undefined): AccessRecords['credential'] {
  // What bars an import's credential stands in its place.
  return item && BARRED in item ? undefined : recordOf(item);
}

/** The items of whom a credential belongs to. */
interface Parties {
  readonly tenant?: ItemKey;
  readonly product?: ItemKey;
}

const NOBODY: Parties = {};

function partiesOf(owner: { readonly tenantId: string; readonly productId?: string | undefined }): Parties {
  const { tenantId, productId } = owner;
  return {
    ...(tenantId ? { tenant: itemKey.tenant(tenantId) } : {}),
    ...(productId ? { product: itemKey.product(productId) } : {}),
  };
}

function keysOf({ tenant, product }: Parties): readonly ItemKey[] {
  return [tenant, product].filter(Boolean) as ItemKey[];
}

/** As many keys for every credential, a tenant's and a product's: what is not to be read is made up for by nothing. */
function evened(keys: readonly ItemKey[], credentialId: string | undefined): readonly ItemKey[] {
  if (credentialId === undefined) return keys;
  const fillers = [0, 1].map((n) => itemKey.nothing(credentialId, n));
  return [...keys, ...fillers].slice(0, fillers.length);
}

function sightingEvent(
  { keyId, tenantId, network, sourceIp, requestId }: NetworkSighting,
  time: Date,
  newEventId: (time: Date) => string,
): AuditEvent {
  return {
    id: newEventId(time),
    version: 1,
    type: 'apiKey.usedFromNewIp',
    time: time.toISOString(),
    tenantId,
    actor: { type: 'apiKey', id: keyId, ip: sourceIp },
    subject: subjectOf(keyId),
    data: { network, ip: sourceIp },
    requestId,
  };
}
