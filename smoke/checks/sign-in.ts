import { judged } from '../finding.ts';
import { managementOf } from '../management.ts';
import type { World } from '../world.ts';

const ADVICE = {
  second:
    'Sign in again, with a code this time: the token of a first sign-in has no second factor (docs/operate/deploy.md, «The first administrator»).',
  first:
    'Somebody who has just signed in for the first time could change something. Look at what the identity provider puts into amr, and see that it is there only after a code.',
  give: 'Give KEYWRIGHT_FIRST_TOKEN, the access token of somebody’s first sign-in, to learn whether it is kept from changing anything.',
};

/** Whether the operator's token may change things, and that of a first sign-in may not. */
export async function signIn({ url, token, management, firstToken, tell, signal }: World): Promise<void> {
  const { status } = await management.ask('GET', '/tenants?limit=1');
  if (status !== 200) {
    const why = status === 401 ? 'the token is expired, or not of this deployment’s issuer and audience' : '';
    throw new Error(`The management API answered ${status} to the token${why && `: ${why}`}.`);
  }
  const { secondFactor, role } = claimsOf(token);
  tell(
    judged({
      chapter: 'sign-in',
      promise: 'the token is taken, and says that a second factor was given',
      isKept: secondFactor,
      seen: role,
      advice: ADVICE.second,
    }),
  );
  if (!secondFactor) throw new Error('this token changes nothing, so nothing else could be asked.');
  const question = {
    chapter: 'open questions',
    promise: 'the token of a first sign-in reads and changes nothing',
    advice: ADVICE.first,
  } as const;
  if (firstToken === undefined) {
    tell({ ...question, verdict: 'not asked', advice: ADVICE.give });
    return;
  }
  const first = managementOf(url, firstToken, signal);
  const read = await first.ask('GET', '/tenants?limit=1');
  // A body that nobody could make a tenant of: what lets it pass has not asked for the second factor.
  const changed = await first.ask<{ error?: { code?: string } }>('POST', '/tenants', {});
  const code = changed.body.error?.code;
  const isKept = read.status === 200 && changed.status === 403 && code === 'mfa_required';
  tell(judged({ ...question, isKept, seen: `${read.status} and ${changed.status} ${code ?? ''}`.trim() }));
}

/** What a JWT says of its sign-in; API Gateway checks it, so this only reads. */
function claimsOf(token: string): { secondFactor: boolean; role: string | undefined } {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const listed = [claims.amr, claims['keywright:amr']].flat().filter((item) => typeof item === 'string');
    const role = claims['keywright:role'];
    return {
      secondFactor: listed.some((item) => item === 'mfa'),
      role: typeof role === 'string' ? `as ${role}` : undefined,
    };
  } catch {
    return { secondFactor: false, role: undefined };
  }
}
