import { covers } from '../../shared/api/permission.ts';

/** A permission of a key's, or of its role, and whether the key has it. */
export interface Granted {
  readonly permission: string;
  readonly has: boolean;
  /** Whether the role gives it, or would. */
  readonly from: 'role' | 'key';
}

/** What a key may do at this moment: its role's permissions, or those that its own narrow them to. */
export function grantsOf(role: readonly string[], own: readonly string[] | null): Granted[] {
  if (own === null) return role.map((permission) => ({ permission, has: true, from: 'role' }));
  const left = role.filter((permission) => !own.some((each) => covers([permission], each)));
  return [
    ...own.map((permission) => ({ permission, has: covers(role, permission), from: 'key' as const })),
    ...left.map((permission) => ({ permission, has: false, from: 'role' as const })),
  ];
}
