import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import type { Role } from '../../core/contract/routes.ts';

/** In the order in which one wins for a person who is in several groups. */
const ROLES: readonly Role[] = ['admin', 'developer', 'auditor'];

/** A remembered device may stand in for a second factor, and then none was asked for. */
const WITHOUT_SECOND_FACTOR = ['TokenGeneration_AuthenticateDevice'];

/**
 * Cognito's pre-token-generation trigger, version 2: puts the claims that the management API reads into
 * the access token: `email`, `keywright:role` (the person's group), `keywright:tenants` (their
 * `custom:tenants`, separated by spaces; `*` is all), and `keywright:amr`.
 *
 * Cognito lets no trigger set `amr` and sets none itself, hence a claim of our own. It names a second
 * factor because the pool requires one of everybody who signs in to it. People whom another provider
 * signed in get none: what that provider asked of them isn't known here.
 */
export async function handler(
  event: PreTokenGenerationV2TriggerEvent,
): Promise<PreTokenGenerationV2TriggerEvent> {
  const { userAttributes, groupConfiguration } = event.request;
  const groups = groupConfiguration.groupsToOverride ?? [];
  const role = ROLES.find((candidate) => groups.includes(candidate));
  const secondFactor = !isFederated(userAttributes) && !WITHOUT_SECOND_FACTOR.includes(event.triggerSource);
  const claims: Record<string, string | string[]> = {
    ...(userAttributes.email !== undefined && { email: userAttributes.email }),
    ...(role !== undefined && { 'keywright:role': role }),
    'keywright:tenants': tenantsOf(userAttributes['custom:tenants']),
    ...(secondFactor && { 'keywright:amr': ['pwd', 'mfa'] }),
  };
  event.response = {
    claimsAndScopeOverrideDetails: {
      // Version 2 takes lists; the published type still says text only.
      accessTokenGeneration: { claimsToAddOrOverride: claims as Record<string, string> },
    },
  };
  return event;
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
