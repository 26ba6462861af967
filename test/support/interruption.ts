import type { AwsCall } from '../../core/aws/aws-call.ts';

/** Stops a function at one of its calls to AWS, which then happens or does not, and at all that follow. */
export class Interruption {
  #left = Number.POSITIVE_INFINITY;
  #happens = false;
  #calls: string[] = [];

  /**
   * Does something until it is stopped; gives the calls that happened too.
   * @param at at which call it is stopped, from 0
   * @param happens whether AWS still does what that call asks for
   */
  async during<Result>(at: number, happens: boolean, work: () => Promise<Result>) {
    this.#calls = [];
    this.#happens = happens;
    this.#left = at;
    const answer = await work();
    this.#left = Number.POSITIVE_INFINITY;
    return { answer, calls: this.#calls };
  }

  /** The middleware of an AWS client. */
  readonly middleware =
    <Input, Output>(
      next: (input: Input) => Promise<Output>,
      { commandName = '' }: { commandName?: string },
    ) =>
    (input: Input): Promise<Output> =>
      this.#pass(commandName, () => next(input));

  /** The same for calls that are no SDK client's. */
  readonly through =
    (call: AwsCall): AwsCall =>
    (operation, input) =>
      this.#pass(operation, () => call(operation, input));

  async #pass<Output>(name: string, next: () => Promise<Output>): Promise<Output> {
    const left = this.#left--;
    if (left < 0 || (left === 0 && !this.#happens)) throw new Error(`stopped before ${name}`);
    if (Number.isFinite(left)) this.#calls.push(name);
    const output = await next();
    if (left === 0) throw new Error(`stopped after ${name}`);
    return output;
  }
}
