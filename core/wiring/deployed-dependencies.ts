import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { systemClock } from '../access/clock.ts';
import type { Table } from '../aws/document-client.ts';
import { required } from '../aws/lambda-environment.ts';
import { type OriginSecret, originSecret } from '../aws/origin-secret.ts';
import { ENV } from '../contract/deployment.ts';
import { KeyFormat } from '../domain/keys/key-format.ts';
import type { SignUpRule } from '../domain/people/sign-up.ts';
import type { HandlerDependencies } from '../management/management-handler.ts';
import { MemberStore } from '../store/member-store.ts';
import { deployedClient } from './deployed-authorizer.ts';

/** The dependencies of a deployed function. @param table where memberships are, for a function that people call */
export function deployedDependencies(table?: Table): HandlerDependencies {
  const members = table && new MemberStore(table);
  return {
    now: () => new Date(),
    randomBytes,
    keyFormat: new KeyFormat(required(process.env, ENV.vendor)),
    logger: new Logger(),
    ...deployedOrigin(process.env),
    ...(members && { memberships: (sub, tenantId) => members.membershipsOf(sub, tenantId) }),
  };
}

/** How a deployed function's invitations reach who is invited. */
export function deployedInvitations() {
  return { mailsInvitations: process.env[ENV.mail] === 'true', portalUrl: process.env[ENV.portalUrl] };
}

/** Where people call a function through CloudFront, that one's word is taken on where they are. */
export function deployedOrigin(env: NodeJS.ProcessEnv): { origin?: OriginSecret } {
  const secretId = env[ENV.originSecret];
  if (!secretId) return {};
  return { origin: originSecret(deployedClient(env, 'secretsmanager'), secretId, systemClock) };
}

/** How people may sign up with a deployed function. */
export function deployedSignUp(): SignUpRule {
  return JSON.parse(required(process.env, ENV.signUp)) as SignUpRule;
}
