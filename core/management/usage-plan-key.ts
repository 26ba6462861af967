import type { UsagePlanKeys } from '../aws/usage-plan-keys.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import type { Environment } from '../domain/keys/key-format.ts';
import type { Pepper } from '../domain/keys/pepper.ts';
import { usageIdentifierKeyOf } from '../domain/keys/usage-plan.ts';

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
