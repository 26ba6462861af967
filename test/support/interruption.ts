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
    async (input: Input): Promise<Output> => {
      const left = this.#left--;
      if (left < 0 || (left === 0 && !this.#happens)) throw new Error(`stopped before ${commandName}`);
      if (Number.isFinite(left)) this.#calls.push(commandName);
      const output = await next(input);
      if (left === 0) throw new Error(`stopped after ${commandName}`);
      return output;
    };
}
