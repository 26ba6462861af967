import type { Outcome } from '../../core/access/outcome.ts';
import { windowAt } from '../../core/domain/decision/limit.ts';
import type { Instance } from './instance.ts';
import type { Service } from './network.ts';
import { GRACE_MILLISECONDS } from './request-plane.ts';
import type { Claim, Objection, Truth } from './truth.ts';
import type { World } from './world.ts';

/** A request that was answered. Times are true. */
export interface Answered {
  readonly claim: Claim;
  readonly instance: Instance;
  readonly from: number;
  readonly to: number;
  readonly outcome: Outcome;
}

/** The promise: what is forbidden is refused everywhere within this time. */
const PROMISE_MILLISECONDS = 5_000;
/** After a trouble is over: a circuit tries again after a second, an issuer is asked again after ten. */
const RECOVERY_MILLISECONDS = 1_500;
const ISSUER_RECOVERY_MILLISECONDS = 12_000;
/** By how much clocks differ that are kept as they should be. */
const MOST_SKEW_MILLISECONDS = 1_000;
const NEEDED: readonly Service[] = ['dynamodb', 'secretsmanager'];

/** What each cause of a refusal says is so, and of whom. */
function factOf(
  cause: string,
  { credentialId, text, tenantId, action }: Claim,
): readonly [Objection, string] | undefined {
  if (/^(key_|subscription_)/.test(cause)) return ['credential', credentialId];
  if (cause === 'secret_expired' || cause === 'wrong_secret') return ['secret', text];
  if (cause === 'tenant_suspended') return ['tenant', tenantId];
  if (cause === 'permission_missing') return ['permission', `${credentialId} ${action}`];
  return undefined;
}

/** What must hold of every answer to a request, by the contract. */
export class RequestInvariants {
  readonly #world: World;
  readonly #truth: Truth;
  /** By instance and fact, when it was last seen refused for it. */
  readonly #seen = new WeakMap<Instance, Map<string, number>>();

  constructor(world: World, truth: Truth) {
    this.#world = world;
    this.#truth = truth;
  }

  judge(answered: Answered): void {
    const { decision } = answered.outcome;
    if (decision.allowed) this.#judgeAdmission(answered);
    else if (decision.code === 'authorizer_unavailable') this.#judgeSilence(answered);
    else {
      this.#judgeRefusal(answered, decision.cause);
      this.#note(answered, decision.cause);
    }
  }

  /** Nothing is admitted later than the promise allows, nor what this instance has seen refused. */
  #judgeAdmission({ claim, instance, from, to }: Answered): void {
    const margin = clockMargin(instance);
    const isAway = this.#world.network.wasTroubled(instance, from - PROMISE_MILLISECONDS, 'dynamodb');
    const reach = PROMISE_MILLISECONDS + (isAway ? GRACE_MILLISECONDS : 0);
    const objections = this.#everywhere(claim, to - reach, to, margin);
    if (objections !== undefined) {
      this.#violate(
        `admitted in spite of the ${objections[0]}`,
        claim,
        instance,
        `for ${reach} ms or longer`,
      );
    }
    for (const [fact, whose] of factsOf(claim, this.#roleOf(claim, to))) {
      const seenAt = this.#seen.get(instance)?.get(`${fact} ${whose}`);
      // What had begun before was decided before; the promise's time holds for it.
      if (seenAt === undefined || seenAt >= from) continue;
      const moments = this.#truth.moments(claim, seenAt, to);
      if (moments.every((time) => this.#truth.objections(claim, time, margin).includes(fact))) {
        this.#violate(
          `a ${fact} that was seen refused is admitted`,
          claim,
          instance,
          `seen ${to - seenAt} ms before`,
        );
      }
    }
  }

  /** No good key is refused. */
  #judgeRefusal({ claim, instance, from, to }: Answered, cause: string): void {
    const margin = -clockMargin(instance);
    // Old records refuse as they admit: for as long as nothing newer can be read.
    const isAway = this.#world.network.wasTroubled(instance, from - PROMISE_MILLISECONDS, 'dynamodb');
    const reach = PROMISE_MILLISECONDS + (isAway ? GRACE_MILLISECONDS : 0);
    const moments = this.#truth.moments(claim, from - reach, to);
    const isGood = moments.every((time) => this.#truth.objections(claim, time, margin).length === 0);
    if (isGood) this.#violate(`a good key is refused: ${cause}`, claim, instance, `after ${to - from} ms`);
  }

  /** Nobody is told that there is no answer while everything answers. */
  #judgeSilence({ claim, instance, from }: Answered): void {
    const { network } = this.#world;
    const excused =
      // How old an answer is that was under way when the clock was set, nobody can say.
      instance.steppedAt >= from ||
      network.wasTroubled(instance, from - RECOVERY_MILLISECONDS, ...NEEDED) ||
      network.wasTroubled(instance, from - ISSUER_RECOVERY_MILLISECONDS, 'issuer');
    if (!excused) this.#violate('no answer though everything answers', claim, instance, '');
  }

  #note({ claim, instance, to }: Answered, cause: string): void {
    const fact = factOf(cause, claim);
    if (fact === undefined) return;
    const seen = this.#seen.get(instance) ?? new Map<string, number>();
    this.#seen.set(instance, seen.set(fact.join(' '), to));
    const role = this.#roleOf(claim, to);
    if (fact[0] === 'permission' && role !== undefined) seen.set(`permission ${role}`, to);
  }

  /** What all keys may or may not do that have a role and nothing of their own; undefined for any other key. */
  #roleOf({ credentialId, tenantId, action }: Claim, time: number): string | undefined {
    const credential = this.#truth.at(`CRED#${credentialId}`, time);
    if (credential?.role === undefined || credential.permissions !== undefined) return undefined;
    return `${tenantId} ${credential.role} ${action}`;
  }

  /** What speaks against a request at every moment of a span; undefined where at some moment nothing does. */
  #everywhere(claim: Claim, from: number, to: number, margin: number): readonly Objection[] | undefined {
    let last: readonly Objection[] = [];
    for (const time of this.#truth.moments(claim, from, to)) {
      last = this.#truth.objections(claim, time, margin);
      if (last.length === 0) return undefined;
    }
    return last;
  }

  #violate(
    kind: string,
    { credentialId, tenantId, action, text }: Claim,
    { name }: Instance,
    more: string,
  ): void {
    this.#world.violate(
      kind,
      `${credentialId} …${text.slice(-4)} of ${tenantId}, ${action}, on ${name} ${more}`,
    );
  }
}

/** Everything by which a request may have been seen refused. */
function factsOf(claim: Claim, role: string | undefined): readonly (readonly [Objection, string])[] {
  const { credentialId, text, tenantId, action } = claim;
  return [
    ['credential', credentialId],
    ['secret', text],
    ['tenant', tenantId],
    ['permission', `${credentialId} ${action}`],
    ['permission', role ?? ''],
  ];
}

/** How far an instance's clock may be off where something ends by the clock. */
function clockMargin(instance: Instance): number {
  return Math.abs(instance.wallOffset) + 1_000;
}

interface Count {
  admitted: number;
  asking: number;
}

/** What must hold of limits: nobody above is admitted, nobody below is refused. */
export class LimitInvariants {
  readonly #world: World;
  readonly #counts = new Map<string, Count>();
  /** When something happened by which what was leased can be lost. */
  disturbedAt = Number.NEGATIVE_INFINITY;

  constructor(world: World) {
    this.#world = world;
  }

  /** Counts a request's asking; call what is returned with whether it was admitted. */
  asks(
    credentialId: string,
    limit: number,
    seconds: number,
    instance: Instance,
  ): (admitted: boolean | undefined) => void {
    const begun = this.#count(credentialId, seconds, instance);
    begun.asking += 1;
    return (admitted) => {
      begun.asking -= 1;
      const count = this.#count(credentialId, seconds, instance);
      if (admitted === true) count.admitted += 1;
      if (count.admitted > limit)
        this.#world.violate('admitted above a limit', `${count.admitted} of ${limit}`);
      const { start } = windowAt(credentialId, seconds, instance.wall);
      const isDisturbed =
        // By a clock that is far behind, every window is over and counts as used up.
        Math.abs(instance.wallOffset) > MOST_SKEW_MILLISECONDS ||
        this.disturbedAt >= start - 60_000 ||
        // Whose lease was granted unheard, it lost it for all.
        this.#world.network.wasTroubledAnywhere(start, 'dynamodb');
      const least = Math.floor(limit * 0.95);
      if (admitted === false && !isDisturbed && count.admitted + count.asking < least) {
        this.#world.violate('refused below a limit', `after ${count.admitted} of ${limit}`);
      }
    };
  }

  #count(credentialId: string, seconds: number, instance: Instance): Count {
    const name = `${credentialId} ${windowAt(credentialId, seconds, instance.wall).id}`;
    const count = this.#counts.get(name) ?? { admitted: 0, asking: 0 };
    this.#counts.set(name, count);
    return count;
  }
}
