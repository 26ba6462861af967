import type { Answer } from '../../shared/api/answers.ts';

export const ROLES = '/v1/tenants/{tenantId}/roles';
export const ROLE = '/v1/tenants/{tenantId}/roles/{role}';
export type Role = Answer<typeof ROLES>['items'][number];

/** Every resource that some role names, those for all (`*`) first. */
export function resourcesOf(roles: readonly Role[]): string[] {
  const names = roles.flatMap(({ permissions }) =>
    permissions.map((permission) => permission.split(':')[0] ?? ''),
  );
  return [...new Set(names)].sort();
}
