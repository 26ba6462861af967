import type { Spending } from '../../core/domain/decision/limit.ts';
import type { Cast } from './cast.ts';
import type { LimitInvariants, RequestInvariants } from './invariants.ts';
import type { Asked, RequestPlane } from './request-plane.ts';
import type { Action } from './script.ts';
import type { Claim } from './truth.ts';
import type { World } from './world.ts';

type Of<Name extends Action['do']> = Extract<Action, { do: Name }>;

/** Networks that callers come from. */
const ADDRESSES = ['203.0.113.5', '203.0.113.6', '198.51.100.9'] as const;

/** Who calls the protected APIs. */
export class Callers {
  readonly #world: World;
  readonly #cast: Cast;
  readonly #invariants: RequestInvariants;
  readonly #limits: LimitInvariants;
  /** Requests by what they came to. */
  readonly outcomes = new Map<string, number>();

  constructor(world: World, cast: Cast, invariants: RequestInvariants, limits: LimitInvariants) {
    this.#world = world;
    this.#cast = cast;
    this.#invariants = invariants;
    this.#limits = limits;
  }

  call({ key, older, write }: Of<'call'>, plane: RequestPlane): void {
    const claim = this.#cast.claimOf(this.#cast.key(key), older === true, write ? 'write' : 'read');
    if (claim !== undefined) void this.#ask(claim, plane);
  }

  subscriptionCall({ subscription, slot, older }: Of<'subscriptionCall'>, plane: RequestPlane): void {
    const known = this.#cast.subscription(subscription);
    const text = known[slot].at(older ? -2 : -1) ?? known[slot].at(-1);
    if (text === undefined) return;
    const { subscriptionId, tenantId } = known;
    const claim = {
      credentialId: subscriptionId.slice(-12),
      text,
      tenantId,
      apiId: this.#cast.paymentsApi,
      action: 'read' as const,
    };
    void this.#ask(claim, plane);
  }

  importedCall({ text }: Of<'importedCall'>, plane: RequestPlane): void {
    const known = this.#cast.imports[text];
    if (known?.owner === undefined) return;
    const { keyId, tenantId } = known.owner;
    const claim = {
      credentialId: keyId.slice(-12),
      text: known.text,
      tenantId,
      apiId: this.#cast.ordersApi,
      action: 'read' as const,
    };
    void this.#ask(claim, plane);
  }

  burst({ key, count, every }: Of<'burst'>, planes: readonly RequestPlane[]): void {
    const known = this.#cast.key(key);
    for (let i = 0; i < count; i++) {
      this.#world.scheduler.after(i * every, () => {
        const claim = this.#cast.claimOf(known, false, 'read');
        const plane = planes[i % planes.length];
        if (claim !== undefined && plane !== undefined && !plane.instance.isLost)
          void this.#ask(claim, plane);
      });
    }
  }

  /** At the end, once more with every text that anybody knows. */
  async callWithEverything(planes: readonly RequestPlane[]): Promise<void> {
    const texts = this.#cast.keys.flatMap((key) =>
      [true, false].map((older) => this.#cast.claimOf(key, older, 'read')),
    );
    const claims = texts.filter((claim) => claim !== undefined);
    for (const [index, claim] of claims.entries())
      await this.#ask(claim, planes[index % planes.length] as RequestPlane);
  }

  async #ask(claim: Claim, plane: RequestPlane): Promise<void> {
    const from = this.#world.now;
    const outcome = await plane.authorize(this.#requestOf(claim));
    const { decision } = outcome;
    this.#count(decision.allowed ? 'admitted' : decision.code);
    this.#invariants.judge({ claim, instance: plane.instance, from, to: this.#world.now, outcome });
    const [limit] = (decision.allowed ? decision.caller?.limits : undefined) ?? [];
    if (limit === undefined || typeof limit.period !== 'number') return;
    const answered = this.#limits.asks(claim.credentialId, limit.limit, limit.period, plane.instance);
    answered(this.#admittedBy(await plane.spend(outcome)));
  }

  #admittedBy(spending: Spending | undefined): boolean | undefined {
    if (spending === undefined) return undefined;
    this.#count(spending.admitted ? 'within its limit' : spending.code);
    if (!spending.admitted && spending.code === 'authorizer_unavailable') return undefined;
    return spending.admitted;
  }

  #requestOf({ text, tenantId, apiId, action }: Claim): Asked {
    const isSubscription = apiId === this.#cast.paymentsApi;
    const headers = isSubscription
      ? {
          'ocp-apim-subscription-key': text,
          'client-key': this.#cast.clientKey,
          authorization: `Bearer ${this.#world.issuer.token()}`,
        }
      : { 'x-api-key': text, 'x-tn': tenantId };
    const method = action === 'write' ? 'POST' : 'GET';
    const sourceIp = this.#world.chance.of(ADDRESSES);
    return { apiId, headers, method, path: isSubscription ? '/v1/payments' : '/v1/orders', sourceIp };
  }

  #count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}
