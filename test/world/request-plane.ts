import type { Authorizer } from '../../core/access/authorizer.ts';
import type { Limiter } from '../../core/access/limiter.ts';
import type { Outcome } from '../../core/access/outcome.ts';
import { ENV, RESOURCE } from '../../core/contract/deployment.ts';
import type { Spending } from '../../core/domain/decision/limit.ts';
import {
  deployedAuthorizers,
  deployedClient,
  deployedLimiter,
} from '../../core/wiring/deployed-authorizer.ts';
import type { Instance } from './instance.ts';

/** How an authorizer is deployed here; where each service is reached says which service it is. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIAWORLD',
  AWS_SECRET_ACCESS_KEY: 'of-nobody',
  AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.world',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: 'https://secretsmanager.world',
  AWS_ENDPOINT_URL_LAMBDA: 'https://lambda.world',
  [ENV.table]: RESOURCE.table,
  [ENV.regionalTable]: RESOURCE.regionalTable,
  [ENV.pepperSecret]: RESOURCE.pepperSecret,
  [ENV.vendor]: '',
  [ENV.cacheSeconds]: '3',
  [ENV.staleSeconds]: '60',
  [ENV.acceptImportedKeys]: 'true',
  [ENV.keyUpkeep]: RESOURCE.keyUpkeep,
};
const DECISION_MILLISECONDS = 3500;

/** How old a record may be that is used because nothing newer can be read. */
export const GRACE_MILLISECONDS = 60_000;

/** A request as it is made here. */
export interface Asked {
  readonly apiId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
  readonly path: string;
  readonly sourceIp: string;
}

/** One instance that authorizes requests to all APIs, and counts those that have limits. */
export class RequestPlane {
  readonly instance: Instance;
  readonly #authorizerOf: (apiId: string) => Authorizer;
  readonly #limiter: Limiter;
  #requests = 0;

  /**
   * @param cacheEntries how many keys it remembers
   * @param onWarning hears of what went wrong and was worked around
   */
  constructor(
    instance: Instance,
    cacheEntries: number,
    onWarning: (message: string, cause: unknown) => void,
  ) {
    this.instance = instance;
    const env = { ...ENVIRONMENT, [ENV.cacheEntries]: String(cacheEntries) };
    const made = instance.run(() => {
      const dynamodb = deployedClient(env, 'dynamodb');
      const settings = { deadlineMilliseconds: DECISION_MILLISECONDS, onWarning };
      return {
        authorizers: deployedAuthorizers(env, dynamodb, settings),
        limiter: deployedLimiter(env, dynamodb, onWarning),
      };
    });
    this.#limiter = made.limiter;
    const known = new Map<string, Authorizer>();
    this.#authorizerOf = (apiId) => {
      const authorizer = known.get(apiId) ?? made.authorizers(apiId);
      known.set(apiId, authorizer);
      return authorizer;
    };
  }

  /** Decides on a request, as an authorizer's function does. Never settles where the instance is lost meanwhile. */
  async authorize({ apiId, ...request }: Asked): Promise<Outcome> {
    return this.#busyWith(() =>
      this.#authorizerOf(apiId).authorize({
        ...request,
        requestId: `${this.instance.name}-${++this.#requests}`,
        tenantHeaderVisible: true,
      }),
    );
  }

  /** Counts an admitted request, as its guard does. */
  async spend({ decision }: Outcome): Promise<Spending | undefined> {
    const caller = decision.allowed ? decision.caller : undefined;
    if (caller === undefined || caller.limits.length === 0) return undefined;
    return this.#busyWith(() => this.#limiter.spend(caller.credentialId, caller.limits));
  }

  async #busyWith<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    this.instance.thaw();
    this.instance.busy += 1;
    try {
      return await this.instance.run(work);
    } finally {
      this.instance.busy -= 1;
    }
  }
}
