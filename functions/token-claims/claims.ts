import type { Logger } from '@aws-lambda-powertools/logger';
import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import type { Role } from '../../core/contract/management-route.ts';
import type { PoolUser } from './second-factor.ts';

/** In the order in which one wins for a person who is in several groups. */
const ROLES: readonly Role[] = ['admin', 'developer', 'auditor'];

/**
 * Sign-ins at which Cognito asks whoever has a second factor for it. Not a first one with a temporary password,
 * not a remembered device, which may stand in for the factor, and not a renewal: Cognito doesn't say what the
 * sign-in was like that it goes back to, which may have been before there was a factor.
 */
const ASKING: readonly string[] = ['TokenGeneration_HostedAuth', 'TokenGeneration_Authentication'];

export interface ClaimsDependencies {
  /** Whether Cognito asks this person for a second factor when signing in. */
  readonly asksSecondFactor: (user: PoolUser) => Promise<boolean>;
  readonly logger: Pick<Logger, 'error'>;
}

/**
 * Cognito's pre-token-generation trigger, version 2: puts the claims that the management API reads into
 * the access token: `email` and `keywright:email_verified`, `keywright:role` (the person's group), `keywright:tenants` (their
 * `custom:tenants`, separated by spaces; `*` is all), and `keywright:amr`.
 *
 * Cognito lets no trigger set `amr` and sets none itself, hence a claim of our own. It names a second factor only
 * where the pool itself asked for one. People whom another provider signed in get none: what that provider asked
 * of them isn't known here. Where Cognito can't be asked, nobody gets one and everybody can read.
 */
export async function withClaims(
  event: PreTokenGenerationV2TriggerEvent,
  dependencies: ClaimsDependencies,
): Promise<PreTokenGenerationV2TriggerEvent> {
  const { userAttributes, groupConfiguration } = event.request;
  const groups = groupConfiguration.groupsToOverride ?? [];
  const role = ROLES.find((candidate) => groups.includes(candidate));
  const claims: Record<string, string | string[]> = {
    ...(userAttributes.email !== undefined && { email: userAttributes.email }),
    ...(userAttributes.email_verified === 'true' && { 'keywright:email_verified': 'true' }),
    ...(role !== undefined && { 'keywright:role': role }),
    'keywright:tenants': tenantsOf(userAttributes['custom:tenants']),
    ...((await usedSecondFactor(event, dependencies)) && { 'keywright:amr': ['pwd', 'mfa'] }),
  };
  event.response = {
    claimsAndScopeOverrideDetails: {
      // Version 2 takes lists; the published type still says text only.
      accessTokenGeneration: { claimsToAddOrOverride: claims as Record<string, string> },
    },
  };
  return event;
}

async function usedSecondFactor(
  { triggerSource, userPoolId, userName, request }: PreTokenGenerationV2TriggerEvent,
  { asksSecondFactor, logger }: ClaimsDependencies,
): Promise<boolean> {
  if (!ASKING.includes(triggerSource) || isFederated(request.userAttributes)) return false;
  try {
    return await asksSecondFactor({ userPoolId, userName });
  } catch (error) {
    logger.error('Cognito could not be asked for a person’s second factor', { error: error as Error });
    return false;
  }
}

/** Also true for a person of the pool to whom an account elsewhere was linked: either may have signed in. */
function isFederated(attributes: Readonly<Record<string, string | undefined>>): boolean {
  return (
    attributes['cognito:user_status'] === 'EXTERNAL_PROVIDER' ||
    (attributes.identities !== undefined && attributes.identities !== '[]')
  );
}

function tenantsOf(attribute: string | undefined): string[] {
  return (attribute ?? '').split(/[\s,]+/).filter((tenant) => tenant !== '');
}
