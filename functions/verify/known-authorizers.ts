import type { AccessRequest, Authorizer } from '../../core/access/authorizer.ts';
import { BoundedMap } from '../../core/access/bounded-map.ts';
import type { Outcome } from '../../core/access/outcome.ts';

type Decides = Pick<Authorizer, 'authorize'>;

/**
 * The authorizers of the APIs that are asked about, each with its memory. One is kept once a verified key was
 * presented to its API, which must then exist: ids that somebody made up push nobody's memory out.
 */
export class KnownAuthorizers {
  readonly #make: (apiId: string | undefined) => Decides;
  readonly #known: BoundedMap<string, Decides>;
  /** For keys of which no API is named. */
  readonly #ofNone: Decides;
  /** Of APIs that may not exist, while they are asked: what is asked at once shares one. */
  readonly #trying = new Map<string, Decides>();

  /** @param most how many APIs' authorizers are kept */
  constructor(make: (apiId: string | undefined) => Decides, most: number) {
    this.#make = make;
    this.#known = new BoundedMap(most);
    this.#ofNone = make(undefined);
  }

  of(apiId: string | undefined): Decides {
    if (apiId === undefined) return this.#ofNone;
    const known = this.#known.get(apiId);
    if (known === undefined) return { authorize: (request) => this.#tryOut(apiId, request) };
    // Written anew, it counts as the youngest.
    this.#known.set(apiId, known);
    return known;
  }

  async #tryOut(apiId: string, request: AccessRequest): Promise<Outcome> {
    const authorizer = this.#trying.get(apiId) ?? this.#make(apiId);
    this.#trying.set(apiId, authorizer);
    try {
      const outcome = await authorizer.authorize(request);
      if (isVerified(outcome)) this.#known.set(apiId, authorizer);
      return outcome;
    } finally {
      this.#trying.delete(apiId);
    }
  }
}

function isVerified({ decision, caller }: Outcome): boolean {
  return caller !== undefined || (!decision.allowed && decision.owner !== undefined);
}
