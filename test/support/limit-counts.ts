import type { LimitStore } from '../../core/access/limiter.ts';

/** Counts limits in memory as DynamoDB does; `used` is by credential and window, `60#29671200`. */
export class LimitCounts implements LimitStore {
  readonly used = new Map<string, number>();
  readonly #heldUntil = new Map<string, number>();
  leases = 0;
  /** What the store fails with, if it does. */
  failure: Error | undefined;
  /** Resolves when a request may come in, and once more when its answer may leave. */
  gate: () => Promise<void> | undefined = () => undefined;

  lease: LimitStore['lease'] = async (credentialId, asks) => {
    this.leases += 1;
    await this.gate();
    if (this.failure !== undefined) throw this.failure;
    const keyOf = (windowId: string) => `${credentialId} ${windowId}`;
    const usedOf = (windowId: string) => this.used.get(keyOf(windowId)) ?? 0;
    const granted = asks.every(({ policy, window, units }) => usedOf(window.id) + units <= policy.limit);
    for (const { window, units, heldUntil } of granted ? asks : []) {
      this.used.set(keyOf(window.id), usedOf(window.id) + units);
      if (heldUntil !== undefined) this.#heldUntil.set(keyOf(window.id), heldUntil);
    }
    const windows = asks.map(({ window }) => ({
      used: usedOf(window.id),
      heldUntil: this.#heldUntil.get(keyOf(window.id)) ?? 0,
    }));
    await this.gate();
    return { granted, windows };
  };
}
