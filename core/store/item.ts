import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { EVENTS_FROM, LAST_EVENT, TTL_ATTRIBUTE, TURN_ATTRIBUTE } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import { LARGEST_EVENT_BYTES, PLATFORM_LIMITS } from '../contract/platform-limits.ts';
import { isDecidedAgain, stops } from '../domain/approvals/four-eyes.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import { differences, isTouched } from '../domain/ground/differences.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import { type Idempotency, isRepeat } from '../domain/ground/idempotency.ts';
import { writeIf } from './conditional-write.ts';
import { Conflict } from './conflict.ts';
import type { ItemKey } from './item-keys.ts';
import { noteLastEvent } from './last-change.ts';
import { conditionOfTurn, turnOf } from './turn.ts';

/**
 * Where an item is found: by its key, in the `list` index, a subscription or alert in its own, and what is
 * due in `due`.
 */
export interface ItemKeys extends ItemKey, IndexPlace {
  readonly listPk: string;
  readonly listSk: string;
  readonly subscriptionSk?: string;
  readonly alertSk?: string;
  /** When the item ends, in seconds since 1970; it stays where absent. */
  readonly [TTL_ATTRIBUTE]?: number;
}

/** What of an item's place follows from its state. */
interface IndexPlace {
  readonly subscriptionPk?: string;
  readonly alertPk?: string;
  readonly duePk?: string;
  readonly dueAt?: string;
  readonly namePk?: string;
  readonly nameKey?: string;
  readonly hintKey?: string;
}

const NO_PLACE = (): IndexPlace => ({});

interface Versioned {
  readonly revision: number;
}

/** What a create came to; `replayed` when an earlier request with the same Idempotency-Key had done it. */
export interface Created<State> {
  readonly state: State;
  readonly replayed: boolean;
}

/** Places that older versions did not write: what they made gets them with its next change. */
const WRITTEN_ALWAYS: readonly string[] = ['namePk', 'nameKey', 'hintKey'];

/** Whose inner entries are written one by one, because upkeep may be rewriting another of them. */
const WRITTEN_BY_ENTRY: readonly string[] = ['digests', 'imported'];

/** The state that an item holds, without what belongs to its storage. */
export function stateOf<State>(item: Record<string, unknown>): State {
  const {
    pk,
    sk,
    listPk,
    listSk,
    subscriptionPk,
    subscriptionSk,
    alertPk,
    alertSk,
    duePk,
    dueAt,
    namePk,
    nameKey,
    hintKey,
    idempotency,
    [TTL_ATTRIBUTE]: ttl,
    [LAST_EVENT]: lastEvent,
    [EVENTS_FROM]: eventsFrom,
    [TURN_ATTRIBUTE]: turn,
    ...state
  } = item;
  noteLastEvent(state, item);
  return state as State;
}

/** The item as it is now, whole; undefined when there is none. */
export async function readItem(
  table: Table,
  { pk, sk }: ItemKey,
): Promise<Record<string, unknown> | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { pk, sk }, ConsistentRead: true }),
  );
  return Item;
}

async function readState(table: Table, key: ItemKey): Promise<unknown> {
  const item = await readItem(table, key);
  return item && stateOf(item);
}

/**
 * Writes a new item, its event in the same write.
 * @throws DomainError `already_exists`; `idempotency_mismatch` when the Idempotency-Key created it from
 *   another body; `invalid_state` when item or event would be larger than AWS takes
 */
export async function insertItem<State>(
  table: Table,
  place: ItemKeys,
  { state, ...change }: Change<State>,
  idempotency: Idempotency | undefined,
): Promise<Created<State>> {
  const event = revised(state, change.event);
  requireSendable(event);
  const told = { [LAST_EVENT]: event, ...(event.revision && { [EVENTS_FROM]: event.revision }) };
  const attributes = { ...place, ...state, ...(idempotency && { idempotency }), ...told };
  const Item = withStorableMaps(attributes);
  const put = new PutCommand({
    TableName: table.name,
    Item,
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  try {
    await table.client.send(put);
    return { state, replayed: false };
  } catch (error) {
    if (isTooLarge(error)) throw tooLarge();
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const existing = (await readItem(table, place)) ?? {};
    if (isWrittenBy(event.id, existing)) return { state, replayed: false };
    if (!isMadeBy(existing, idempotency)) {
      throw new DomainError('already_exists', 'There is one with this id already; choose another id');
    }
    return { state: stateOf<State>(existing), replayed: true };
  }
}

/**
 * Notes what an `Idempotency-Key` was used for, before anything is made: where a body may name the id of what
 * it makes, two bodies would meet nowhere else.
 * @throws DomainError `idempotency_mismatch` when it was used with another body
 */
export async function claimRequest(table: Table, key: ItemKey, idempotency: Idempotency): Promise<void> {
  const put = new PutCommand({
    TableName: table.name,
    Item: { ...key, idempotency },
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  if (!(await writeIf(table, put))) isMadeBy((await readItem(table, key)) ?? {}, idempotency);
}

/**
 * What an earlier request with the same `Idempotency-Key` made, as it is now; undefined when none did.
 * @throws DomainError `idempotency_mismatch` when it made it from another body
 */
export async function findMade<State>(
  table: Table,
  key: ItemKey,
  idempotency: Idempotency,
): Promise<State | undefined> {
  const item = await readItem(table, key);
  return item !== undefined && isMadeBy(item, idempotency) ? stateOf<State>(item) : undefined;
}

function isMadeBy(item: Record<string, unknown>, idempotency: Idempotency | undefined): boolean {
  return idempotency !== undefined && isRepeat(item.idempotency as Idempotency | undefined, idempotency);
}

/**
 * Writes what a change changed and its event, on the condition that nobody else changed the item since
 * `before` was read. Attributes that the change leaves alone are not written: what other writers keep in
 * the item (upkeep its digests) is never overwritten with what was read.
 * @param placeOf where a state stands in the indexes that go by states
 * @throws Conflict; DomainError `invalid_state` when item or event would be larger than AWS takes
 */
export async function updateItem<State extends Versioned>(
  table: Table,
  key: ItemKey,
  before: State,
  change: Change<State>,
  placeOf: (state: State) => IndexPlace = NO_PLACE,
): Promise<void> {
  const { state } = change;
  const event = revised(state, change.event);
  requireSendable(event);
  const place = { event, isFirst: stops(change, before) || isApproved(event) };
  try {
    const after = { ...state, ...placeOf(state), [LAST_EVENT]: event };
    await sendUpdate(table, key, { ...before, ...placeOf(before) }, after, place);
  } catch (error) {
    if (isTooLarge(error)) throw tooLarge();
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const existing = await readItem(table, key);
    if (existing === undefined) throw new Conflict();
    if (isWrittenBy(event.id, existing)) return;
    const now = stateOf<State>(existing);
    // Nothing has changed yet: it is somebody else's turn.
    if (now.revision === before.revision) throw new Conflict(now, 'afterTurn');
    const mayRepeat = isDecidedAgain(change, before, isTouched(before, state, now)) ? 'atOnce' : 'never';
    throw new Conflict(now, mayRepeat, turnOf(table, key, { ...place, read: () => readState(table, key) }));
  }
}

/**
 * Moves an item within the `due` index, with what of its state says where it stands there. Nothing happens
 * to what the item is about, so there is no event, and nobody else's change is a conflict for it.
 * @throws Conflict when it was changed since `before` was read
 */
export async function moveItem<State extends Versioned>(
  table: Table,
  key: ItemKey,
  before: State,
  after: State,
  duePlaceOf: (state: State) => IndexPlace,
): Promise<void> {
  try {
    await sendUpdate(table, key, { ...before, ...duePlaceOf(before) }, { ...after, ...duePlaceOf(after) });
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const existing = await readItem(table, key);
    throw new Conflict(existing && stateOf<State>(existing), existing && 'atOnce');
  }
}

async function sendUpdate(
  table: Table,
  { pk, sk }: ItemKey,
  before: Versioned,
  after: object,
  change?: { readonly event: AuditEvent; readonly isFirst: boolean },
): Promise<void> {
  const update = updateExpression(before, after, change?.event.revision);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { pk, sk },
      ...(change === undefined ? update : conditionOfTurn(update, change)),
    }),
  );
}

/**
 * A value as the SDK's document client takes it for what it is. It asks an object's `constructor` what it
 * is, which in a map with names that people chose may be one of them; a Map it knows whatever it holds.
 */
function storable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  const plain = withStorableMaps(value);
  return Object.hasOwn(value, 'constructor') ? new Map(Object.entries(plain)) : plain;
}

function withStorableMaps(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, storable(value)]));
}

/** The event with the number of the change that it tells of, by which one that never arrives is missed. */
function revised(state: unknown, event: AuditEvent): AuditEvent {
  const { revision } = Object(state) as Partial<Versioned>;
  return revision === undefined ? event : { ...event, revision };
}

/** Two people stand for it. */
function isApproved({ data }: AuditEvent): boolean {
  return data.approval !== undefined;
}

/** An event that can't be sent would hold back all that come after it. */
function requireSendable(event: AuditEvent): void {
  if (Buffer.byteLength(JSON.stringify(event)) > LARGEST_EVENT_BYTES) throw tooLarge();
}

/** DynamoDB has no error of its own for it. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException' && /item size/i.test(error.message);
}

function tooLarge(): DomainError {
  return new DomainError(
    'invalid_state',
    `This would hold more than is kept of one thing (${PLATFORM_LIMITS.itemBytes / 1024} KB); shorten or remove something first`,
  );
}

/** A retry of the SDK's can find that its first attempt, whose answer was lost, had done the write. */
export function isWrittenBy(eventId: string, item: Record<string, unknown>): boolean {
  return (item[LAST_EVENT] as { id?: string } | undefined)?.id === eventId;
}

/** @param told the revision that an event of this write tells of */
function updateExpression(before: Versioned, after: object, told: number | undefined) {
  const names: Record<string, string> = { '#revision': 'revision' };
  const values: Record<string, unknown> = { ':read': before.revision };
  const sets: string[] = [];
  const removals: string[] = [];
  const known = Object.entries(before).filter(([name]) => !(WRITTEN_ALWAYS.includes(name) && name in after));
  for (const [path, value] of differences(Object.fromEntries(known), after, WRITTEN_BY_ENTRY)) {
    const place = path.map((name) => {
      const alias = `#n${Object.keys(names).length}`;
      names[alias] = name;
      return alias;
    });
    if (value === undefined) {
      removals.push(place.join('.'));
    } else {
      const alias = `:v${sets.length}`;
      values[alias] = storable(value);
      sets.push(`${place.join('.')} = ${alias}`);
    }
  }
  if (told !== undefined) {
    names['#from'] = EVENTS_FROM;
    values[':told'] = told;
    sets.push('#from = if_not_exists(#from, :told)');
  }
  return {
    UpdateExpression: `SET ${sets.join(', ')}${removals.length > 0 ? ` REMOVE ${removals.join(', ')}` : ''}`,
    ConditionExpression: '#revision = :read',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
