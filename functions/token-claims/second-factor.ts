import { type AwsCall, AwsError } from '../../core/aws/aws-call.ts';

/** The one second factor of the pool: an app of one-time codes. */
const FACTOR = 'SOFTWARE_TOKEN_MFA';

/** Somebody of a user pool, by the names of a trigger's event. */
export interface PoolUser {
  readonly userPoolId: string;
  readonly userName: string;
}

/**
 * Whether Cognito asks this person for a second factor. A pool that requires one asks everybody who has it
 * activated, and gives tokens to those who have none yet: «The first time that a new user signs in to your app,
 * Amazon Cognito issues OAuth 2.0 tokens, even if your user pool requires MFA» (Adding MFA to a user pool).
 *
 * A factor that was only set up is activated here, which Cognito refuses for somebody who has none, and counts
 * from the next sign-in: the pool doesn't always list it before (`AdminGetUser`, `UserMFASettingList`).
 * @param cognito a client of Cognito user pools
 * @throws Error when Cognito can't be asked
 */
export async function asksSecondFactor(cognito: AwsCall, user: PoolUser): Promise<boolean> {
  const who = { UserPoolId: user.userPoolId, Username: user.userName };
  const { UserMFASettingList: active } = await cognito('AdminGetUser', who);
  if (Array.isArray(active) && active.includes(FACTOR)) return true;
  const SoftwareTokenMfaSettings = { Enabled: true, PreferredMfa: true };
  await cognito('AdminSetUserMFAPreference', { ...who, SoftwareTokenMfaSettings }).catch((error) => {
    if (!(error instanceof AwsError) || error.name !== 'InvalidParameterException') throw error;
  });
  return false;
}
