import type { Answer } from '../../shared/api/answers.ts';

type Settings = Answer<'/v1/tenants/{tenantId}'>['settings'];
type Policies = NonNullable<Settings['keyPolicies']>;
export type Environment = keyof Policies;
/** What a tenant asks of its keys in one environment. */
export type KeyPolicy = NonNullable<Policies[Environment]>;

/** Settings as they are sent: null takes an environment's policy away. */
export type SentSettings = Omit<Settings, 'keyPolicies'> & {
  readonly keyPolicies?: { readonly [name in Environment]?: KeyPolicy | null };
};

/** Settings with another policy for an environment; one that asks nothing is none. */
export function withPolicy(
  settings: SentSettings,
  environment: Environment,
  policy: KeyPolicy,
  before: Settings,
): SentSettings {
  const { keyPolicies: { [environment]: _, ...others } = {}, ...rest } = settings;
  const had = before.keyPolicies?.[environment] !== undefined;
  const asked = Object.keys(policy).length > 0 ? policy : had ? null : undefined;
  const next = { ...others, ...(asked !== undefined && { [environment]: asked }) };
  return { ...rest, ...(Object.keys(next).length > 0 && { keyPolicies: next }) };
}

/** A policy with another rule; a rule without a value is not asked. */
export function withRule<Name extends keyof KeyPolicy>(
  policy: KeyPolicy,
  name: Name,
  value: KeyPolicy[Name] | false,
): KeyPolicy {
  const { [name]: _, ...others } = policy;
  return value === undefined || value === false ? others : { ...others, [name]: value };
}
