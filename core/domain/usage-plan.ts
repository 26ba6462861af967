import type { Change } from './audit-event.ts';
import type { Environment } from './key-format.ts';
import type { Pepper } from './pepper.ts';

/** Ids of the API Gateway usage plans that new credentials of each environment are put into. */
export type UsagePlans = Readonly<Record<Environment, readonly string[]>>;

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

/**
 * The creation of a credential, together with the API Gateway key that it is counted by. To be written at
 * once: until then that key is of no use to anyone.
 */
export async function withUsagePlanKey<State extends { readonly environment: Environment }>(
  change: Change<State>,
  keys: UsagePlanKeys,
  pepper: Pepper,
): Promise<Change<State & { readonly usageIdentifierKey?: string }>> {
  const name = change.event.subject.id;
  const { environment } = change.state;
  const value = usageIdentifierKeyOf(name, pepper);
  const added = await keys.add({ name, value, environment });
  return added ? { ...change, state: { ...change.state, usageIdentifierKey: value } } : change;
}

/**
 * The value of a credential's API Gateway key, in 64 hex digits: the same for a second attempt at the same
 * credential, and nothing that can be told from its public id.
 */
function usageIdentifierKeyOf(credential: string, pepper: Pepper): string {
  // The space keeps it from being any key's digest: no key's text has one.
  return Buffer.from(pepper.digest(`usage plan ${credential}`).hmac, 'base64url').toString('hex');
}
