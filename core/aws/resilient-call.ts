import { setTimeout as sleep } from 'node:timers/promises';
import { clockOf } from '../access/clock.ts';
import { type AwsAttempt, type AwsCall, AwsError } from './aws-call.ts';
import { Circuit } from './circuit.ts';

export interface Patience {
  /** How long one attempt may take. */
  readonly attemptMilliseconds: number;
  /** How long all attempts together may take. */
  readonly deadlineMilliseconds: number;
  /** A `Clock`, or a wall clock alone. */
  readonly now: () => number;
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number;
}

const MOST_ATTEMPTS = 3;
const FIRST_PAUSE_MILLISECONDS = 25;
/** What a call adds to what may be spent on retries: they are a tenth of the calls where all of them fail. */
const RETRIES_PER_CALL = 0.1;
/** What may be saved up, so that a bad moment after a good time is ridden out. */
const MOST_RETRIES_SAVED = 10;

/** Makes no attempt, because those before it failed. */
export class CircuitOpenError extends Error {
  constructor(operation: string) {
    super(`${operation} has failed several times in a row and is tried again in a second`);
    this.name = 'CircuitOpenError';
  }
}

/** How one operation of a dependency fares. */
interface Health {
  readonly circuit: Circuit;
  retriesSaved: number;
  /** Of an open circuit, the one call that may try; fulfilled when it is known what came of it. */
  trial: Promise<void> | undefined;
}

/**
 * Calls made of attempts. A broken connection, throttling, a fault of the service, a clock that is off or
 * part of an answer are tried again, after a pause of random length (full jitter) and as long as there is
 * time and a budget for it: when everything fails, retries would only add to the load. An operation that
 * keeps failing isn't attempted at all, but for one call a second; who comes while that one tries waits for what
 * comes of it, so that nobody goes without an answer that is there to be had.
 * @throws AwsError when the service refuses; CircuitOpenError at once while it counts as down; another
 *   Error when it can't be reached in time
 */
export function resilientCall(attempt: AwsAttempt, options: Patience): AwsCall {
  const { attemptMilliseconds, deadlineMilliseconds, random } = options;
  const { steady } = clockOf(options.now);
  const operations = new Map<string, Health>();
  const healthOf = (operation: string): Health => {
    const known = operations.get(operation);
    const health = known ?? {
      circuit: new Circuit(steady),
      retriesSaved: MOST_RETRIES_SAVED,
      trial: undefined,
    };
    if (known === undefined) operations.set(operation, health);
    return health;
  };

  const ask = async (operation: string, input: object, health: Health) => {
    const { circuit } = health;
    health.retriesSaved = Math.min(health.retriesSaved + RETRIES_PER_CALL, MOST_RETRIES_SAVED);
    const deadline = steady() + deadlineMilliseconds;
    const answer = new Parts(input);
    for (let attempts = 1; ; attempts++) {
      try {
        const milliseconds = Math.max(1, Math.min(attemptMilliseconds, deadline - steady()));
        answer.add(await attempt(operation, answer.rest, milliseconds));
        circuit.answered();
        return answer.whole;
      } catch (error) {
        if (error instanceof AwsError && !error.retryable) {
          circuit.answered();
          throw error;
        }
        circuit.failed();
        const pause = random() * FIRST_PAUSE_MILLISECONDS * 2 ** (attempts - 1);
        const mayRetry = attempts < MOST_ATTEMPTS && health.retriesSaved >= 1 && !circuit.isOpen;
        if (!mayRetry || steady() + pause >= deadline) throw error;
        health.retriesSaved -= 1;
        await sleep(pause);
      }
    }
  };

  return async (operation, input) => {
    const health = healthOf(operation);
    if (!health.circuit.mayAsk()) {
      await health.trial;
      if (health.circuit.isOpen) throw new CircuitOpenError(operation);
    }
    const answer = ask(operation, input, health);
    if (health.circuit.isOpen) {
      const isKnown = () => {
        health.trial = undefined;
      };
      health.trial = answer.then(isKnown, isKnown);
    }
    return answer;
  };
}

type Items = Readonly<Record<string, readonly unknown[]>>;

/** An answer that may come in parts, as `BatchGetItem`'s does: what DynamoDB left out is asked for again. */
class Parts {
  /** What is still to ask for. */
  rest: object;
  whole: Record<string, unknown> = {};

  constructor(input: object) {
    this.rest = input;
  }

  /** @throws AwsError that may be retried, when this part is not the last */
  add(part: Record<string, unknown>): void {
    const { Responses, UnprocessedKeys: left } = part as { Responses?: Items; UnprocessedKeys?: object };
    const before = this.whole.Responses as Items | undefined;
    this.whole = before === undefined ? part : { ...part, Responses: joined(before, Responses ?? {}) };
    if (left === undefined || left === null || Object.keys(left).length === 0) return;
    this.rest = { ...this.rest, RequestItems: left };
    throw new AwsError(
      'ProvisionedThroughputExceededException',
      400,
      'DynamoDB left keys of the batch unprocessed',
    );
  }
}

function joined(a: Items, b: Items): Items {
  const tables = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(tables.map((table) => [table, [...(a[table] ?? []), ...(b[table] ?? [])]]));
}
