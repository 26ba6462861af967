/** What a client knows of one of its keys. */
export interface KnownKey {
  readonly keyId: string;
  hint: string;
  status: 'active' | 'disabled' | 'revoked';
  /** Whether its last rotation's old secret still works: then the next step ends that. */
  overlapping: boolean;
}

/** Of a management API, as far as it tells of a key. */
export interface KeyAnswer {
  readonly keyId: string;
  readonly status: KnownKey['status'];
  readonly secrets: { hint: string }[];
}

/** What one acknowledged change came to. */
export interface Step {
  /** Of its event. */
  readonly type: string;
  /** What the item looks like since, as `textOf` says it. */
  readonly state: string;
}

export function knownKey({ keyId, status, secrets }: KeyAnswer): KnownKey {
  return { keyId, hint: secrets[0]?.hint ?? '', status, overlapping: secrets.length > 1 };
}

/** Of a revoked key no secret is left to tell of. */
export function textOf({ hint, status, overlapping }: Omit<KnownKey, 'keyId'>): string {
  return status === 'revoked' ? status : `${status} ${hint}${overlapping ? ' and the one before' : ''}`;
}

interface Found {
  readonly steps: readonly Step[];
  /** Of the events in the audit log. */
  readonly types: readonly string[];
  /** undefined where the item is not there. */
  readonly state: string | undefined;
}

/**
 * How far a copy came. Its audit log may be ahead of the item, and tell of a change that the item lacks; one event may
 * be of the change that was under way, which nobody was told of.
 */
export function beginning(
  subject: string,
  { steps, types, state }: Found,
): { kept: Step[]; missing: Step[] } {
  const known = steps.slice(0, types.length);
  const isBeginning = known.every(({ type }, i) => type === types[i]) && types.length <= steps.length + 1;
  if (!isBeginning)
    throw new Error(`${subject}: the audit log has ${types}, and ${JSON.stringify(steps)} was told`);
  const told = types[steps.length];
  const kept = [...known, ...(told === undefined ? [] : [{ type: told, state: state ?? '' }])];
  const reached = state === undefined ? 0 : kept.findLastIndex((step) => step.state === state) + 1;
  if (state !== undefined && reached === 0)
    throw new Error(`${subject} is ${state}, which it never was: ${JSON.stringify(steps)}`);
  return { kept, missing: steps.slice(reached) };
}
