import { RESOURCE } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import type { OperationAnswer } from './control-plane.ts';
import type { Item } from './expressions.ts';
import type { Deed } from './script.ts';
import { eventOf, type Stream } from './stream.ts';
import type { Commit } from './tables.ts';
import type { Truth } from './truth.ts';
import type { World } from './world.ts';

/** An operation that was asked for. Times are true; without `to` there was no answer. */
export interface Asking {
  readonly deed: Deed;
  readonly requestId: string;
  /** Key of the item that it is about, where that is known. */
  readonly pk: string | undefined;
  readonly from: number;
  to?: number;
  answer?: OperationAnswer;
}

const BRAKES: ReadonlySet<Deed['op']> = new Set([
  'disableKey',
  'revokeKey',
  'suspendTenant',
  'suspendSubscription',
  'cancelSubscription',
  'endOverlap',
]);
const NEVER_WAITING: ReadonlySet<Deed['op']> = new Set([
  'disableKey',
  'suspendTenant',
  'suspendSubscription',
]);
const MOST_SECRETS = 2;
/** How far a sweep's clock may be off before what it tells is false. */
const CLOCK_MILLISECONDS = 60_000;
/** What every key's text looks like. */
const KEY_TEXT = /(?:sk|pk|sub|ck)_(?:dev|live)_[0-9A-Za-z]{50}/;

/** What must hold of operations, of items and of what is told of them, by the contract. */
export class ControlInvariants {
  readonly #world: World;
  readonly #truth: Truth;
  readonly #stream: Stream;
  readonly #askings: Asking[] = [];

  constructor(world: World, truth: Truth, stream: Stream) {
    this.#world = world;
    this.#truth = truth;
    this.#stream = stream;
    world.onCommit.push((commit) => this.#judgeCommit(commit));
  }

  asks(asking: Asking): void {
    this.#askings.push(asking);
  }

  /** An operation that is answered is done. */
  judgeAnswer(asking: Asking): void {
    const { deed, answer } = asking;
    if (answer === undefined) return;
    const { status, body } = answer;
    const code = body?.error?.code;
    if (status === 500) this.#violate('an operation fails for no known reason', asking);
    if (BRAKES.has(deed.op) && code === 'conflict') this.#violate('a brake loses to another change', asking);
    if (NEVER_WAITING.has(deed.op) && status === 202)
      this.#violate('a brake waits for a second admin', asking);
    if (status < 300 && status !== 202 && !this.#isDone(asking))
      this.#violate('answered and not done', asking);
    if (deed.op === 'createKey' && deed.idempotency !== undefined)
      this.#judgeRepeat(asking, deed.idempotency);
  }

  /** What holds once everything has been carried to where it belongs. */
  judgeEnd(): void {
    this.#judgeEvents();
    this.#judgeNetworks();
    this.#judgeApprovals();
    this.#judgeExpiries();
    const { world, stream } = { world: this.#world, stream: this.#stream };
    const everything = [RESOURCE.table, RESOURCE.regionalTable, RESOURCE.auditTable, RESOURCE.usageTable].map(
      (table) => world.tables.all(table),
    );
    const told = JSON.stringify([
      everything,
      world.commits.map(({ after }) => after),
      stream.bus,
      world.lines,
    ]);
    const found = KEY_TEXT.exec(told);
    if (found !== null) world.violate('a secret is kept or told', `${found[0].slice(0, 20)}…`);
    const pepper = Object.values(JSON.parse(world.secrets.texts()[0]?.[1] ?? '{}') as Record<string, string>);
    if (pepper.some((text) => text.length > 20 && told.includes(text)))
      world.violate('a secret is kept or told', 'pepper');
  }

  #judgeCommit({ table, pk, time, before, after }: Commit): void {
    if (table !== RESOURCE.table || after === undefined || !pk.startsWith('CRED#')) return;
    const secrets = (after.secrets ?? []) as readonly { expiresAt?: string }[];
    const live = secrets.filter(
      ({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > time + 60_000,
    );
    if (live.length > MOST_SECRETS || Object.keys(Object(after.digests)).length > MOST_SECRETS) {
      this.#world.violate('more than two secrets are live', pk);
    }
    const event = eventOf({ before, after });
    const expiresAt = Date.parse(String(after.expiresAt));
    if (event?.type === 'apiKey.expired' && time < expiresAt - CLOCK_MILLISECONDS) {
      this.#world.violate('told to have expired before it did', `${pk}, by ${expiresAt - time} ms`);
    }
  }

  #isDone(asking: Asking): boolean {
    const { requestId, pk, from, to = 0, deed } = asking;
    const commits = this.#world.commits.filter(
      ({ after }) => Object(after?.lastEvent).requestId === requestId,
    );
    if (commits.length > 0 || pk === undefined) return true;
    // Nothing was to do where it was so already; a repeat of what was done is answered alike.
    const times = [from, ...this.#truth.history(pk).map(({ time }) => time)].filter(
      (time) => time >= from && time <= to,
    );
    return times.some((time) => isAsWished(deed, this.#truth.at(pk, time)));
  }

  /** The first answer's key is every later one's. */
  #judgeRepeat(asking: Asking, idempotency: string): void {
    const { answer, from } = asking;
    const first = this.#askings.find(
      ({ deed, to, answer: done }) =>
        'idempotency' in deed &&
        deed.idempotency === idempotency &&
        (to ?? Number.POSITIVE_INFINITY) < from &&
        done?.status === 201,
    );
    if (first === undefined || answer === undefined || answer.status === 503) return;
    const [made, again] = [first.answer?.body.key.keyId, answer.body?.key?.keyId];
    if (made !== again) this.#violate('a repeat is decided anew', asking);
  }

  /** Each event once in the audit log, at least once on the bus, in the order of its item. */
  #judgeEvents(): void {
    const { auditTable, table } = RESOURCE;
    const kept = new Map<string, Item[]>();
    for (const item of this.#world.tables.all(auditTable)) {
      if (item.id !== undefined) kept.set(String(item.id), [...(kept.get(String(item.id)) ?? []), item]);
    }
    const sent = new Map<string, number>();
    for (const [index, { id }] of this.#stream.bus.entries()) if (!sent.has(id)) sent.set(id, index);
    const last = new Map<string, { seq: number; index: number }>();
    const gone = this.#forgotten();
    for (const commit of this.#world.commits) {
      const event = commit.table === table ? eventOf(commit) : undefined;
      if (event === undefined || gone.has(event.id)) continue;
      const [records, index] = [kept.get(event.id) ?? [], sent.get(event.id)];
      if (records.length !== 1 || index === undefined) {
        this.#missing(commit, event, records.length, index);
        continue;
      }
      const seq = Number(records[0]?.seq);
      const before = last.get(commit.pk);
      if (before !== undefined && (before.seq >= seq || before.index >= index)) {
        this.#world.violate('events of one item out of order', `${event.type} of ${commit.pk}`);
      }
      last.set(commit.pk, { seq, index });
    }
    this.#judgeChains();
  }

  #missing(
    commit: Commit,
    { id, type, revision }: AuditEvent,
    records: number,
    index: number | undefined,
  ): void {
    const isPoison =
      this.#stream.refused.has(id) && this.#stream.setAside.some((message) => message.includes(id));
    const isDropped = this.#stream.dropped.includes(commit);
    if (isPoison && records === 1) return;
    // Uses change no item that is numbered, so nobody can miss what is told of them.
    const isNumbered = revision !== undefined;
    if (isDropped && (!isNumbered || this.#isMissed(commit))) return;
    const where = `${type} of ${commit.pk}: ${records} times in the audit log, ${index === undefined ? 'never' : ''} on the bus`;
    if (isDropped) this.#world.violate('a dropped record is missed by nobody', where);
    else if (this.#stream.refused.size > 0) this.#world.violate('a bad record holds back others', where);
    else this.#world.violate('an event is missing or there twice', where);
  }

  /** Whether the audit log itself says that it lacks a change. */
  #isMissed({ after }: Commit): boolean {
    const id = after?.keyId ?? after?.subscriptionId ?? after?.approvalId ?? after?.tenantId;
    return this.#stream.bus.some(
      ({ type, subject, data }) =>
        type === 'audit.gap' && subject.id === id && data.revision === after?.revision,
    );
  }

  /** Ids of events whose records' time was over. */
  #forgotten(): ReadonlySet<string> {
    const removals = this.#world.commits.filter(
      ({ table, after }) => table === RESOURCE.auditTable && after === undefined,
    );
    return new Set(removals.map(({ before }) => String(before?.id)));
  }

  /** A network is told of once for each key, whatever the number of instances that see it. */
  #judgeNetworks(): void {
    const told = new Set<string>();
    for (const commit of this.#world.commits) {
      const event = commit.table === RESOURCE.regionalTable ? eventOf(commit) : undefined;
      if (event?.type !== 'apiKey.usedFromNewIp') continue;
      const name = `${event.subject.id} ${event.data.network}`;
      if (told.has(name)) this.#world.violate('a new network is told of twice', name);
      told.add(name);
    }
  }

  /** A chain's numbers begin at 1 and go on without a gap; what its time to live has removed leaves its link. */
  #judgeChains(): void {
    const links = new Map<string, number[]>();
    for (const { table, pk, sk, before } of this.#world.commits) {
      if (table !== RESOURCE.auditTable || !pk.startsWith('CHAIN#') || before !== undefined) continue;
      links.set(pk, [...(links.get(pk) ?? []), Number(sk)]);
    }
    for (const [pk, numbers] of links) {
      const isWhole = numbers.every((number, index) => number === index + 1);
      if (!isWhole)
        this.#world.violate('an audit chain has a gap or begins again', `${pk}: ${numbers.join(' ')}`);
    }
  }

  /** What was approved is carried out, or can't be any more. */
  #judgeApprovals(): void {
    for (const item of this.#world.tables.all(RESOURCE.table)) {
      if (
        !String(item.pk).startsWith('APPROVAL#') ||
        item.state !== 'approved' ||
        item.operation !== 'revokeKey'
      )
        continue;
      const key = this.#truth.at(`CRED#${String(Object(item.subject).id).slice(-12)}`, this.#world.now);
      if (key?.status !== 'revoked')
        this.#world.violate('approved and not carried out', `${item.operation} of ${key?.keyId}`);
    }
  }

  /** Of a key that has expired this was told, once it was so. */
  #judgeExpiries(): void {
    for (const item of this.#world.tables.all(RESOURCE.table)) {
      const expiresAt = Date.parse(String(item.expiresAt));
      if (item.keyId === undefined || item.status === 'revoked' || !(expiresAt < this.#world.now - 900_000))
        continue;
      const told = this.#truth
        .history(String(item.pk))
        .some(
          (commit) =>
            eventOf(commit)?.type === 'apiKey.expired' && commit.time >= expiresAt - CLOCK_MILLISECONDS,
        );
      if (!told) this.#world.violate('nobody was told that a key expired', String(item.pk));
    }
  }

  #violate(kind: string, { deed, requestId, answer }: Asking): void {
    const code = answer?.body?.error?.code ?? '';
    this.#world.violate(kind, `${JSON.stringify(deed)} ${requestId}: ${answer?.status} ${code}`);
  }
}

/** Whether an item is as an operation would make it. */
function isAsWished(deed: Deed, item: Item | undefined): boolean {
  switch (deed.op) {
    case 'disableKey':
      return item?.status === 'disabled';
    case 'revokeKey':
      return item?.status === 'revoked';
    case 'enableKey':
      return item?.status === 'active';
    case 'suspendTenant':
      return item?.status === 'suspended';
    case 'resumeTenant':
      return item?.status === 'active';
    case 'suspendSubscription':
      return item?.state === 'suspended';
    case 'cancelSubscription':
      return item?.state === 'cancelled';
    case 'endOverlap':
      return ((item?.secrets ?? []) as readonly unknown[]).length <= 1;
    case 'rotateKey':
      return false;
    default:
      return true;
  }
}
