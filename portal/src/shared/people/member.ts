import type { Answer } from '../api/answers.ts';

export const MEMBERS = '/v1/tenants/{tenantId}/members';
export const INVITATIONS = '/v1/tenants/{tenantId}/invitations';

export type Member = Answer<typeof MEMBERS>['items'][number];
export type Invitation = Answer<typeof INVITATIONS>['items'][number];

/** What a role lets people do, in a line. */
export const ROLES = [
  { value: 'developer', label: 'Developer', description: 'Subscribes to products and uses their keys' },
  { value: 'auditor', label: 'Auditor', description: 'Reads everything, changes nothing' },
  { value: 'admin', label: 'Admin', description: 'Manages keys, roles and people' },
] as const satisfies readonly { value: Member['role']; label: string; description: string }[];

export function roleLabel(role: string): string {
  return ROLES.find(({ value }) => value === role)?.label ?? role;
}
