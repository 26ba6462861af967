/** How to take away one thing that was made. */
interface Step {
  /** What is left where it fails, such as `key_… of tenant_…`. */
  readonly what: string;
  readonly take: () => Promise<unknown>;
}

/**
 * What a run has made, to be taken away at its end however that comes: newest first, each by itself, so that one
 * that can't be taken away holds up no other.
 */
export class Undo {
  readonly #steps: Step[] = [];

  /** Remembers how to take away what was just made, or is about to be. */
  add(what: string, take: () => Promise<unknown>): void {
    this.#steps.push({ what, take });
  }

  /** What is left, each with the reason. A second call has nothing to do. */
  async all(): Promise<string[]> {
    const left: string[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.take();
      } catch (error) {
        left.push(`${step.what} (${error instanceof Error ? error.message : error})`);
      }
    }
    return left;
  }
}
