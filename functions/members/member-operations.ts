import { type Operations, operation } from '../../core/management/operation.ts';
import { memberSchemas } from '../../core/management/schemas/member-schemas.ts';
import type { MemberDependencies } from './dependencies.ts';
import { getMe } from './get-me.ts';

export const memberOperations: Operations<'members', MemberDependencies> = {
  getMe: operation(memberSchemas.getMe, getMe),
};
