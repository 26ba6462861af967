import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Table } from '../aws/document-client.ts';
import { required } from '../aws/lambda-environment.ts';
import { ENV } from '../contract/deployment.ts';
import { KeyFormat } from '../domain/keys/key-format.ts';
import type { SignUpRule } from '../domain/people/sign-up.ts';
import type { HandlerDependencies } from '../management/management-handler.ts';
import { MemberStore } from '../store/member-store.ts';

/** The dependencies of a deployed function. @param table where memberships are, for a function that people call */
export function deployedDependencies(table?: Table): HandlerDependencies {
  const members = table && new MemberStore(table);
  return {
    now: () => new Date(),
    randomBytes,
    keyFormat: new KeyFormat(required(process.env, ENV.vendor)),
    logger: new Logger(),
    ...(members && { memberships: (sub, tenantId) => members.membershipsOf(sub, tenantId) }),
  };
}

/** How a deployed function's invitations reach who is invited. */
export function deployedInvitations() {
  return { mailsInvitations: process.env[ENV.mail] === 'true', portalUrl: process.env[ENV.portalUrl] };
}

/** How people may sign up with a deployed function. */
export function deployedSignUp(): SignUpRule {
  return JSON.parse(required(process.env, ENV.signUp)) as SignUpRule;
}
