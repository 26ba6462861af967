import { apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { roleName } from '../../core/management/schemas/fields.ts';
import { memberSchemas } from '../../core/management/schemas/member-schemas.ts';
import { productSchemas } from '../../core/management/schemas/product-schemas.ts';
import { tenantSchemas } from '../../core/management/schemas/tenant-schemas.ts';
import { usage } from './exit.ts';
import { faultsOf } from './input-check.ts';
import type { Change } from './plan.ts';
import { bodyOf } from './plan-api.ts';

const BODIES = {
  api: { made: apiSchemas.createApi.body, changed: apiSchemas.updateApi.body },
  product: { made: productSchemas.createProduct.body, changed: productSchemas.updateProduct.body },
  role: { made: tenantSchemas.putRole.body, changed: tenantSchemas.putRole.body },
  member: { made: memberSchemas.createInvitation.body, changed: memberSchemas.updateMember.body },
} as const;

/** Of an API that the file makes nobody knows the id yet. */
const SOME_ID = 'api_000000000000';

/**
 * A file that the API would refuse in part is not carried out in part.
 * @throws Exit that names all that the API's own schemas find wrong
 */
export function checkPlan(changes: readonly Change[]): void {
  const faults = changes.flatMap((change) =>
    faultsIn(change).map((fault) => `\n  ${change.kind} ${change.name}: ${fault}`),
  );
  if (faults.length > 0)
    throw usage(`The API takes no such file, and nothing was changed:${faults.join('')}`);
}

function faultsIn(change: Change): readonly string[] {
  const { kind, name, id } = change;
  const body = bodyOf(change, (api) => (typeof api === 'string' ? SOME_ID : api));
  const ofName = kind === 'role' ? faultsOf(roleName, name.split('/')[1]) : [];
  const ofBody = faultsOf(BODIES[kind][id === undefined ? 'made' : 'changed'], body);
  return [...ofName, ...ofBody.map((fault) => fault.replace(/^apiIds\b/, 'apis'))];
}
