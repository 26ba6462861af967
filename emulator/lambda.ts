import { LambdaError, REQUEST_TOO_LARGE } from './lambda-error.ts';
import { type LambdaFunctionOptions, LambdaInstance } from './lambda-instance.ts';

/** How a function is called, as Lambda's Invoke has it. */
export type InvocationType = 'RequestResponse' | 'Event';

/**
 * What Lambda takes of an event as JSON, in bytes: 6 MB, and 1 MB where nobody waits (Lambda quotas,
 * "Invocation payload"). What it says of more is its own wording.
 */
const LARGEST_EVENT: Readonly<Record<InvocationType, number>> = {
  RequestResponse: 6_291_456,
  Event: 1_048_576,
};

/** A Lambda function on this machine. */
export interface LambdaFunction {
  readonly name: string;
  /**
   * Runs the handler with the event as Lambda would pass it (through JSON) and returns what it returned
   * (through JSON). Waits while all instances are busy.
   * @param type `Event` for what is not waited for: it may hold less
   * @throws LambdaError when the handler throws, takes too long or takes its environment down, and when event
   * or result are larger than Lambda takes.
   */
  invoke(event: unknown, type?: InvocationType): Promise<unknown>;
  /** Starts instances until there are `count`, and waits until they have loaded the function. */
  warm(count: number): Promise<void>;
  /** Ends all instances at once; what they were doing fails. */
  stop(): Promise<void>;
}

/** Instances of all functions that load at once. Lambda's have processors of their own; these share a few. */
const LOADING_AT_ONCE = 2;
let loading = 0;
const turnsToLoad: (() => void)[] = [];

async function inTurn(load: () => Promise<void>): Promise<void> {
  while (loading >= LOADING_AT_ONCE) await new Promise<void>((resolve) => turnsToLoad.push(resolve));
  loading += 1;
  try {
    await load();
  } finally {
    loading -= 1;
    turnsToLoad.shift()?.();
  }
}

/**
 * Makes a function of a bundle. Its instances start when needed, an idle one is preferred to a new one,
 * and the one idle for longest goes first, which spreads calls over all of them.
 */
export function startFunction(options: LambdaFunctionOptions): LambdaFunction {
  return new InstancePool(options);
}

class InstancePool implements LambdaFunction {
  readonly name: string;
  readonly #options: LambdaFunctionOptions;
  readonly #all = new Set<LambdaInstance>();
  readonly #idle: LambdaInstance[] = [];
  readonly #waiting: PromiseWithResolvers<LambdaInstance>[] = [];
  /** Instances that will load when their turn comes. */
  #coming = 0;
  #stopped = false;

  constructor(options: LambdaFunctionOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async invoke(event: unknown, type: InvocationType = 'RequestResponse'): Promise<unknown> {
    if (this.#stopped) throw this.#stoppedError();
    const payload = JSON.stringify(event ?? null);
    checkEvent(payload, type);
    const instance = await this.#acquire();
    try {
      return await instance.invoke(payload);
    } finally {
      this.#release(instance);
    }
  }

  async warm(count: number): Promise<void> {
    const missing = Math.min(count, this.#options.instances) - this.#all.size - this.#coming;
    await Promise.all(Array.from({ length: Math.max(0, missing) }, () => this.#load(() => true)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const turn of this.#waiting.splice(0)) turn.reject(this.#stoppedError());
    await Promise.all(Array.from(this.#all, (instance) => instance.terminate()));
  }

  #acquire(): LambdaInstance | Promise<LambdaInstance> {
    const idle = this.#idle.shift();
    if (idle) return idle;
    const turn = Promise.withResolvers<LambdaInstance>();
    this.#waiting.push(turn);
    this.#grow();
    return turn.promise;
  }

  /** Has an instance loaded for those who wait, if they still do when its turn comes. */
  #grow(): void {
    if (this.#all.size + this.#coming >= this.#options.instances) return;
    this.#load(() => this.#waiting.length > 0).catch((error) => this.#waiting.shift()?.reject(error));
  }

  /** @throws LambdaError when it can't be loaded */
  async #load(isWanted: () => boolean): Promise<void> {
    this.#coming += 1;
    await inTurn(async () => {
      this.#coming -= 1;
      if (this.#stopped || !isWanted()) return;
      const instance = new LambdaInstance(this.#options, () => this.#remove(instance));
      this.#all.add(instance);
      await instance.ready;
      this.#release(instance);
    });
  }

  #release(instance: LambdaInstance): void {
    if (!this.#all.has(instance)) return;
    const next = this.#waiting.shift();
    if (next) next.resolve(instance);
    else this.#idle.push(instance);
  }

  #remove(instance: LambdaInstance): void {
    if (!this.#all.delete(instance)) return;
    const i = this.#idle.indexOf(instance);
    if (i >= 0) this.#idle.splice(i, 1);
    if (!this.#stopped && this.#waiting.length > 0) this.#grow();
  }

  #stoppedError(): LambdaError {
    return new LambdaError('ResourceNotFoundException', `The function ${this.name} has been stopped`);
  }
}

function checkEvent(payload: string, type: InvocationType): void {
  const [bytes, most] = [Buffer.byteLength(payload), LARGEST_EVENT[type]];
  if (bytes <= most) return;
  const message =
    type === 'Event'
      ? `${bytes} byte payload is too large for the Event invocation type (limit ${most} bytes)`
      : `Request must be smaller than ${most} bytes for the InvokeFunction operation`;
  throw new LambdaError(REQUEST_TOO_LARGE, message);
}
