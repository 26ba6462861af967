/** What a tenant asks of its keys of one environment; what is absent is not asked. */
export interface KeyPolicy {
  /** From when a key's newest secret was made to when the key ends. */
  readonly maxLifetimeDays?: number | undefined;
  readonly expiryRequired?: boolean | undefined;
  /** Of secret keys: publishable ones are used from anywhere. */
  readonly cidrRequired?: boolean | undefined;
  /** The longest overlap that a rotation may have. */
  readonly maxOverlapSeconds?: number | undefined;
  /** How old a key's newest secret may get. */
  readonly rotateEveryDays?: number | undefined;
}

/** By environment; one without a policy asks for nothing. */
export type KeyPolicies = Readonly<Partial<Record<'sandbox' | 'live', KeyPolicy>>>;

/** A change of policies: an environment's is replaced whole, null takes it away, absent leaves it. */
export type KeyPoliciesUpdate = Readonly<Partial<Record<keyof KeyPolicies, KeyPolicy | null | undefined>>>;

/** Policies after a change; undefined where none is left. */
export function mergePolicies(
  policies: KeyPolicies | undefined,
  changes: KeyPoliciesUpdate | undefined,
): KeyPolicies | undefined {
  const merged: Partial<Record<keyof KeyPolicies, KeyPolicy>> = {};
  for (const environment of ['sandbox', 'live'] as const) {
    const change = changes?.[environment];
    const policy = change === undefined ? policies?.[environment] : change;
    if (policy !== null && policy !== undefined && asked(policy).length > 0)
      merged[environment] = Object.fromEntries(asked(policy));
  }
  return Object.keys(merged).length > 0 ? merged : undefined;
}

function asked(policy: KeyPolicy): [string, unknown][] {
  return Object.entries(policy).filter(([, value]) => value !== undefined && value !== false);
}
