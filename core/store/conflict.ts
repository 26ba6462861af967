import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeContext } from '../domain/audit/audit-event.ts';
import type { RandomBytes } from '../domain/ground/base62.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import { type EntityTag, type LastChange, requireMatch, tagOf } from '../domain/ground/entity-tag.ts';
import { eventId } from '../domain/ground/event-id.ts';
import { lastChangeOf } from './last-change.ts';

/** The right to change an item next, for a second at most: others let who has it go first. */
export interface Turn {
  /** How often one is late before one takes it: a brake is late once. */
  readonly takenAfter: number;
  /** Gives the item's state from then on to what is decided whatever that is; undefined to all else. */
  readonly take: () => Promise<unknown>;
  readonly giveBack: () => Promise<void>;
}

/** Somebody else's change of the same item came first; nothing was written. */
export class Conflict extends DomainError {
  /** The item's state since then; undefined when there is none. */
  readonly now: unknown;
  /** When the change that came too late may be decided again by it. */
  readonly again: 'atOnce' | 'afterTurn' | 'never';
  /** Whoever came too late again and again need not leave it to chance. */
  readonly turn: Turn | undefined;

  constructor(now: unknown = undefined, again: Conflict['again'] = 'never', turn?: Turn) {
    super(
      'conflict',
      'Someone else changed this at the same moment; read it again and repeat what is still to do',
    );
    this.now = now;
    this.again = again;
    this.turn = turn;
  }
}

/** How waiting is done; tests have their own. */
export interface Waiting {
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed: () => number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** From 0 to below 1. */
  readonly random: () => number;
}

const REAL_WAITING: Waiting = { elapsed: () => performance.now(), pause: sleep, random: Math.random };

/** What deciding again needs: each decision has a time and an event of its own. */
export interface Deciding {
  readonly now: () => Date;
  readonly randomBytes: RandomBytes;
  readonly waiting?: Waiting;
}

/** What of a state an `If-Match` is about, where it is a part of it. */
export interface Part<State> {
  /** @throws DomainError `not_found` where there is none to do anything to */
  readonly tagOf: (state: State) => EntityTag | undefined;
  readonly lastChangeOf: (state: State) => LastChange | undefined;
}

/** All of an item, by its revision. */
const WHOLE: Part<unknown> = {
  tagOf: (state) => (state === undefined ? undefined : tagOf(state as { revision: number })),
  lastChangeOf,
};

/** With the reading before and the last attempt it stays below a second. */
const LONGEST_MILLISECONDS = 750;
/** However slow the store is. */
const LEAST_ATTEMPTS = 5;
/** Who has the turn needs a few calls; who is still in the way then is told so. */
const LONGEST_TURN_MILLISECONDS = 300;
const LONGEST_PAUSE_MILLISECONDS = 16;

/**
 * DynamoDB refuses a write of an item that a transaction, or on a global table another Region, is writing:
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html#API_UpdateItem_Errors
 */
const MOMENTARY: readonly string[] = ['TransactionConflictException', 'ReplicatedWriteConflictException'];

/**
 * Decides on an item and writes it; where others changed it meanwhile, decides again by how it is now, for as
 * long as that may help and three quarters of a second. Who was late takes the turn, so that it is not left
 * to chance. No event is written twice: each decision has one of its own, and a time of its own.
 * Whichever state it is decided by is the one that the request's `If-Match` expects, if it has one.
 * @param before as it was read first; undefined for what is to be made
 * @param part what the `If-Match` is about, where it is not the whole item
 * @param always also where the change itself may not be decided again: two people stand for it
 * @throws DomainError `precondition_failed`, `conflict` where the change may not be decided again, `dependency_unavailable` when
 *   others were first all the time
 */
export async function decideUntilWritten<State, Result>(
  before: State,
  context: ChangeContext,
  attempt: (before: State, context: ChangeContext) => Promise<Result>,
  { now, randomBytes, waiting = REAL_WAITING }: Deciding,
  { always = false, part = WHOLE }: { readonly always?: boolean; readonly part?: Part<State> } = {},
): Promise<Result> {
  const start = waiting.elapsed();
  let state = before;
  let own = context;
  let turn: Turn | undefined;
  let waitingSince: number | undefined;
  for (let late = 1; ; late++) {
    try {
      if (own.ifMatch !== undefined) requireMatch(own.ifMatch, part.tagOf(state), part.lastChangeOf(state));
      return await attempt(state, own);
    } catch (error) {
      const elapsed = waiting.elapsed() - start;
      const isOver = late >= LEAST_ATTEMPTS && elapsed > LONGEST_MILLISECONDS;
      const isTheirTurn = error instanceof Conflict && error.again === 'afterTurn';
      waitingSince = isTheirTurn ? (waitingSince ?? elapsed) : undefined;
      const isAgain =
        error instanceof Conflict &&
        error.now !== undefined &&
        (waitingSince === undefined
          ? always || hasTags(own) || error.again === 'atOnce'
          : elapsed - waitingSince < LONGEST_TURN_MILLISECONDS);
      if (isOver || !(isAgain || isMomentary(error))) {
        // It would end by itself, a second later.
        await turn?.giveBack().catch(() => undefined);
        throw isOver && (isAgain || isMomentary(error)) ? outdone(error) : error;
      }
      if (isAgain) {
        if (error.turn !== undefined && late >= error.turn.takenAfter) turn = error.turn;
        state = ((await turn?.take()) ?? error.now) as State;
        const time = now();
        own = { ...context, now: time, eventId: eventId(time, randomBytes) };
      }
    }
    if (late > 2 || waitingSince !== undefined)
      await waiting.pause(waiting.random() * LONGEST_PAUSE_MILLISECONDS);
  }
}

/** Then what others made of it is found not to be what was expected, which says more than a conflict. */
function hasTags({ ifMatch }: ChangeContext): boolean {
  return ifMatch !== undefined && ifMatch !== '*';
}

function isMomentary(error: unknown): boolean {
  return error instanceof Error && MOMENTARY.includes(error.name);
}

function outdone(cause: unknown): DomainError {
  return new DomainError(
    'dependency_unavailable',
    'Others keep changing this at the same moment; nothing was done, retry shortly',
    { cause },
  );
}
