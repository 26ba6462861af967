import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../access/clock.ts';
import { ENV } from '../contract/deployment.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import type { Environment } from '../domain/keys/key-format.ts';
import type { UsagePlans } from '../domain/keys/usage-plan.ts';
import { apiGatewayClient } from './api-gateway-client.ts';
import { type AwsCall, AwsError } from './aws-call.ts';
import { endpointOf, lambdaCredentials, required } from './lambda-environment.ts';

/** Where API Gateway's own keys are made, by which its usage plans tell credentials apart. */
export interface UsagePlanKeys {
  /**
   * Makes an API Gateway key and puts it into the plans of its environment. What an earlier attempt left
   * half done is finished.
   * @returns false where the environment has no plan; then nothing is made
   * @throws DomainError `invalid_state` when the account has as many keys as it may, or when a plan does not
   *   exist or takes no more; `dependency_unavailable` when API Gateway throttles or does not answer
   */
  add(key: {
    readonly name: string;
    readonly value: string;
    readonly environment: Environment;
  }): Promise<boolean>;
}

const DESCRIPTION = 'Keywright: tells usage plans who is calling. It opens nothing.';

/** An account may make five keys a second in a Region, and several instances of several functions make them. */
const PACE_MILLISECONDS = 250;

/** When it is, and how time passes. */
interface Timing {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * API Gateway's own keys, one for each credential, made and deleted over its control plane. A value is a
 * credential's alone, and API Gateway takes each value once: that is what a second attempt is known by. Many
 * at once, as an import asks for, are made at the pace that API Gateway allows.
 */
export class ApiGatewayUsagePlanKeys implements UsagePlanKeys {
  readonly #gateway: AwsCall;
  readonly #plans: UsagePlans;
  readonly #timing: Timing;
  #nextTurn = 0;

  constructor(gateway: AwsCall, plans: UsagePlans, timing: Timing) {
    this.#gateway = gateway;
    this.#plans = plans;
    this.#timing = timing;
  }

  async add({ name, value, environment }: { name: string; value: string; environment: Environment }) {
    const plans = this.#plans[environment];
    if (plans.length === 0) return false;
    await this.#turn();
    try {
      const keyId = await this.#create(name, value);
      for (const usagePlanId of plans) await this.#put(keyId, usagePlanId);
    } catch (error) {
      throw error instanceof DomainError ? error : failureOf(error);
    }
    return true;
  }

  /** Deletes every key of this name; nothing when there is none. */
  async remove(name: string): Promise<void> {
    for (const apiKey of await this.#idsOf(name)) {
      await this.#gateway('DeleteApiKey', { apiKey }).catch(unless('NotFoundException'));
    }
  }

  async #turn(): Promise<void> {
    const { now, sleep } = this.#timing;
    const time = now();
    const turn = Math.max(time, this.#nextTurn);
    this.#nextTurn = turn + PACE_MILLISECONDS;
    if (turn > time) await sleep(turn - time);
  }

  async #create(name: string, value: string): Promise<string> {
    try {
      const { id } = await this.#gateway('CreateApiKey', {
        name,
        value,
        description: DESCRIPTION,
        enabled: true,
      });
      return String(id);
    } catch (error) {
      if (!isNamed(error, 'ConflictException')) throw error;
      const [id] = await this.#idsOf(name);
      if (id === undefined) throw error;
      return id;
    }
  }

  async #put(keyId: string, usagePlanId: string): Promise<void> {
    try {
      await this.#gateway('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' });
    } catch (error) {
      if (isNamed(error, 'NotFoundException')) {
        throw refusal(
          `The usage plan ${usagePlanId} does not exist; correct usagePlans and deploy again`,
          error,
        );
      }
      if (!isNamed(error, 'ConflictException')) throw error;
      // It is in this plan already, or in another that has a stage in common with it.
      await this.#gateway('GetUsagePlanKey', { usagePlanId, keyId }).catch((cause) => {
        if (!isNamed(cause, 'NotFoundException')) throw cause;
        throw refusal(
          `The usage plan ${usagePlanId} shares a stage with another of usagePlans; a stage may be in one of them`,
          error,
        );
      });
    }
  }

  /** API Gateway finds by the beginning of a name. */
  async #idsOf(name: string): Promise<string[]> {
    const { item = [] } = (await this.#gateway('GetApiKeys', { nameQuery: name })) as {
      item?: readonly { readonly id: string; readonly name: string }[];
    };
    return item.filter((key) => key.name === name).map(({ id }) => id);
  }
}

function failureOf(error: unknown): DomainError {
  if (isNamed(error, 'LimitExceededException')) {
    return refusal(
      'This account has as many API Gateway keys as it may in this Region (10,000 by default); nothing was created. ' +
        'Raise the quota, end credentials that nobody uses, or deploy without usagePlans',
      error,
    );
  }
  return new DomainError(
    'dependency_unavailable',
    'API Gateway did not make the key that usage plans need; nothing was created, retry shortly',
    { cause: error },
  );
}

function refusal(message: string, cause: unknown): DomainError {
  return new DomainError('invalid_state', message, { cause });
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof AwsError && error.name === name;
}

function unless(name: string): (error: unknown) => void {
  return (error) => {
    if (!isNamed(error, name)) throw error;
  };
}

/** Those of a deployed function; the CDK app names the plans, if there are any. */
export function deployedUsagePlanKeys(): ApiGatewayUsagePlanKeys {
  const { sandbox = [], live = [] } = JSON.parse(process.env[ENV.usagePlans] ?? '{}') as Partial<UsagePlans>;
  const gateway = apiGatewayClient({
    region: required(process.env, 'AWS_REGION'),
    endpoint: endpointOf(process.env, 'API_GATEWAY'),
    credentials: () => lambdaCredentials(process.env),
    attemptMilliseconds: 3000,
    deadlineMilliseconds: 8000,
    now: systemClock,
    random: Math.random,
  });
  return new ApiGatewayUsagePlanKeys(gateway, { sandbox, live }, { now: systemClock.steady, sleep });
}
