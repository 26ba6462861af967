import type { PartyRecords } from '../domain/decision/decision.ts';
import { BoundedMap } from './bounded-map.ts';
import type { ReadSpan } from './ports.ts';

type Kind = keyof PartyRecords;
const KINDS: readonly Kind[] = ['credential', 'tenant', 'product', 'api'];

/** How a decision's things are named; undefined where it has none of a kind. */
export type Names = Readonly<Record<Kind, string | undefined>>;

/** What was read about one request, and when. */
export interface Read {
  readonly names: Names;
  readonly records: PartyRecords;
  readonly span: ReadSpan;
  /** Of records that another reading brought. */
  readonly spans?: Readonly<Partial<Record<Kind, ReadSpan>>> | undefined;
}

/** What was last read of one stored thing. */
interface Fact {
  readonly kind: Kind;
  readonly name: string;
  record: unknown;
  span: ReadSpan;
  /** Another one whenever something else was read, or nothing is known any more. */
  version: number;
  /** Whether it is what the thing's newest reading said. */
  isCertain: boolean;
}

/** What a decision was made on. */
export interface Grounds {
  readonly facts: readonly Fact[];
  /** The version at which the facts were last seen to be what was decided on. */
  stoodAt: number;
}

/**
 * What a process last read of credentials, tenants, products and APIs, each by its own id: whatever was learned of
 * one by one key holds for all keys that depend on it, and whatever was decided on it can be asked whether it
 * still stands. An older reading never takes a newer one's place.
 *
 * Facts are remembered of things that a verified key led to, so strangers can't fill the memory. What is forgotten
 * stands no more: room that runs out makes keys be read again, and never lets one in.
 */
export class KnownRecords {
  readonly #ofAdmitted: FactsByKind;
  /** Of what nobody was admitted by so far: refused keys push out no others'. */
  readonly #ofRefused: FactsByKind;
  #version = 0;
  /** What was answered before may be older than something forgotten. */
  #forgottenTo = 0;

  /** @param things how many of each kind are remembered that led to an admission; as many others besides */
  constructor(things: number) {
    this.#ofAdmitted = factsByKind(things);
    this.#ofRefused = factsByKind(things);
  }

  /**
   * Takes up what was read, where nothing newer is known.
   * @returns the newest records of the same things, and what was decided on them rests on; undefined where it
   *   can't be told which of two readings at once was the newer: then another is needed
   */
  take({ names, records, span, spans = {} }: Read): { records: PartyRecords; grounds: Grounds } | undefined {
    const newest: Partial<Record<Kind, unknown>> = {};
    const facts: Fact[] = [];
    for (const kind of KINDS) {
      const name = names[kind];
      if (name === undefined) continue;
      const read = { record: records[kind], span: spans[kind] ?? span };
      const known = this.#fact(kind, name);
      const isOld = known === undefined && read.span.began <= this.#forgottenTo;
      const { record } = read;
      const fact = known ?? {
        kind,
        name,
        record,
        span: read.span,
        version: this.#version,
        isCertain: !isOld,
      };
      if (known !== undefined) this.#learn(known, read);
      newest[kind] = fact.record;
      facts.push(fact);
    }
    if (facts.some(({ isCertain }) => !isCertain)) return undefined;
    // A copy is as long as it has to be; what was pushed to has room for many more.
    return { records: { ...records, ...newest } as PartyRecords, grounds: this.#groundsOf([...facts]) };
  }

  /**
   * Remembers what a verified key's decision rests on. To be called in the same turn as `take`: what is learned
   * in between would be lost.
   * @param facts of the grounds that `take` gave
   * @param isAdmitted whether the key was admitted
   */
  keep(facts: Grounds['facts'], isAdmitted: boolean): void {
    for (const fact of facts) {
      const { kind, name } = fact;
      if (fact.record === undefined) continue;
      if (isAdmitted) {
        this.#ofRefused[kind].delete(name);
        this.#forget(this.#ofAdmitted[kind].set(name, fact));
      } else if (this.#ofAdmitted[kind].get(name) === undefined) {
        this.#forget(this.#ofRefused[kind].set(name, fact));
      }
    }
  }

  /** Whether nothing else is known by now of anything that a decision rests on. */
  stand(grounds: Grounds): boolean {
    if (grounds.stoodAt === this.#version) return true;
    const stands = grounds.facts.every(({ version }) => version <= grounds.stoodAt);
    if (stands) grounds.stoodAt = this.#version;
    return stands;
  }

  /** The newest records of what a decision rests on; undefined where they are not known any more. */
  newest(grounds: Grounds): { records: PartyRecords; grounds: Grounds } | undefined {
    const records: Partial<Record<Kind, unknown>> = {};
    for (const fact of grounds.facts) {
      const { kind, name } = fact;
      if (!fact.isCertain || this.#fact(kind, name) !== fact) return undefined;
      records[kind] = fact.record;
    }
    return { records: { ...NOTHING, ...records } as PartyRecords, grounds: this.#groundsOf(grounds.facts) };
  }

  #groundsOf(facts: Grounds['facts']): Grounds {
    return { facts, stoodAt: this.#version };
  }

  #fact(kind: Kind, name: string): Fact | undefined {
    return this.#ofAdmitted[kind].get(name) ?? this.#ofRefused[kind].get(name);
  }

  #learn(fact: Fact, { record, span }: Pick<Fact, 'record' | 'span'>): void {
    if (span.answered < fact.span.began) return;
    const isNewer = span.began > fact.span.answered;
    const isSame = record === fact.record || isSameJson(record, fact.record);
    const ahead = isSame ? 0 : revisionOf(record) - revisionOf(fact.record);
    const isTaken = isNewer || ahead > 0;
    const isCertain = isNewer || (fact.isCertain && (isSame || Math.abs(ahead) > 0));
    if ((isTaken && !isSame) || isCertain !== fact.isCertain) {
      this.#version += 1;
      fact.version = this.#version;
    }
    // What says the same is not kept twice: a tenant's keys share what is made of it.
    if (isTaken && !isSame) fact.record = record;
    fact.isCertain = isCertain;
    const began = isTaken || isSame ? Math.max(span.began, fact.span.began) : fact.span.began;
    fact.span = { began, answered: Math.max(span.answered, fact.span.answered) };
  }

  #forget(fact: Fact | undefined): void {
    if (fact === undefined) return;
    this.#forgottenTo = Math.max(this.#forgottenTo, fact.span.answered);
    this.#version += 1;
    fact.version = this.#version;
  }
}

type FactsByKind = Readonly<Record<Kind, BoundedMap<string, Fact>>>;

function factsByKind(most: number): FactsByKind {
  const facts = () => new BoundedMap<string, Fact>(most);
  return { credential: facts(), tenant: facts(), product: facts(), api: facts() };
}

const NOTHING: PartyRecords = {
  credential: undefined,
  tenant: undefined,
  product: undefined,
  api: undefined,
};

/** Of what JSON can hold. */
function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [one, two] = [a as Json, b as Json];
  const names = Object.keys(one);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    names.length === Object.keys(two).length &&
    names.every((name) => Object.hasOwn(two, name) && isSameJson(one[name], two[name]))
  );
}

type Json = Readonly<Record<string, unknown>>;

/** Changes count it up; not a number for what has none. */
function revisionOf(record: unknown): number {
  const { revision } = Object(record) as { readonly revision?: unknown };
  return typeof revision === 'number' ? revision : Number.NaN;
}
