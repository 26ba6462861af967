import { randomBytes, randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../core/aws/document-client.ts';
import { RESOURCE } from '../core/contract/deployment.ts';
import { eventId } from '../core/domain/ground/event-id.ts';
import { startSession } from '../core/domain/people/session.ts';
import { cookieNamesOf } from '../core/domain/people/session-cookie.ts';
import { joinBySignUp } from '../core/domain/tenants/team.ts';
import { MemberStore } from '../core/store/member-store.ts';
import { SessionStore, sessionIdOf } from '../core/store/session-store.ts';
import { readAwsAccess } from '../emulator/aws-access.ts';
import { claimsOf } from '../local/identity/access-token.ts';
import type { Figure } from './harness.ts';
import { type LocalDeployment, withLocalDeployment } from './local-deployment.ts';
import { statusOf, untilRefused, type Victim } from './until-refused.ts';

const PEOPLE = 200;
const PEOPLE_AT_ONCE = 10;
const TENANT_ID = 'tenant_acme';

/**
 * How long, after the management API has answered, a person whose access was ended is still let in: members who
 * are removed, in the tenant's own paths and in those of all tenants, and sessions that are ended.
 */
export function peopleFigures(): Promise<Figure[]> {
  return withLocalDeployment(async (deployment) => {
    const table = tableOf(deployment);
    const watched = { count: PEOPLE, atOnce: PEOPLE_AT_ONCE };
    return [
      ...(await untilRefused('removed member', watched, () => memberToRemove(deployment, table))),
      ...(await untilRefused('ended session', watched, () => sessionToEnd(deployment, table))),
    ];
  });
}

interface Somebody {
  readonly sub: string;
  readonly email: string;
  readonly role: 'developer';
  readonly tenants: readonly string[];
}

function somebody(): Somebody {
  const sub = `bench-${randomUUID()}`;
  return { sub, email: `${sub}@bench.example`, role: 'developer', tenants: [] };
}

async function memberToRemove(deployment: LocalDeployment, table: Table): Promise<Victim> {
  const person = somebody();
  await join(new MemberStore(table), person);
  // What this one may do is what a team says, and nothing that the token does.
  const { role, ...nobody } = person;
  const headers = { authorization: `Bearer ${await deployment.tokenOf(nobody)}` };
  const { management } = deployment.runtime.urls;
  const paths = [`/v1/tenants/${TENANT_ID}`, '/v1/keys'];
  return {
    asks: paths.map((path) => () => statusOf(management + path, headers)),
    end: () => deployment.manage('DELETE', `/tenants/${TENANT_ID}/members/${person.sub}`),
  };
}

/** By the person who has it, from elsewhere. */
async function sessionToEnd({ runtime, tokenOf, call }: LocalDeployment, table: Table): Promise<Victim> {
  const person = { ...somebody(), tenants: [TENANT_ID] };
  const cookie = randomBytes(32).toString('base64url');
  const sessionId = sessionIdOf(cookie);
  await signIn(new SessionStore(table), { sessionId, person });
  const { management } = runtime.urls;
  const [name = ''] = cookieNamesOf([management]).session;
  const headers = { cookie: `${name}=${cookie}` };
  const token = await tokenOf(person);
  const paths = ['/v1/me', `/v1/tenants/${TENANT_ID}/keys`];
  return {
    asks: paths.map((path) => () => statusOf(management + path, headers)),
    end: () => call(token, 'DELETE', `/me/sessions/${sessionId}`),
  };
}

/** As letting somebody in leaves it. */
async function join(members: MemberStore, { sub, email, role }: Somebody): Promise<void> {
  const actor = { type: 'admin', id: 'bench' } as const;
  const now = new Date();
  const context = { now, actor, requestId: 'bench', eventId: eventId(now, randomBytes) };
  await members.noteTenant(sub, TENANT_ID);
  const team = await members.team(TENANT_ID);
  await members.write(
    team,
    joinBySignUp(team, { sub, email, role, signUpId: 'signup_000000000000' }, context),
  );
}

/** As a sign-in leaves it. */
async function signIn(
  sessions: SessionStore,
  { sessionId, person }: { readonly sessionId: string; readonly person: Somebody },
): Promise<void> {
  const now = new Date();
  const claims = {
    ...{ sub: person.sub, amr: ['pwd', 'mfa'], auth_time: Math.floor(now.getTime() / 1000) },
    ...claimsOf(person),
  };
  const started = {
    sessionId,
    claims,
    ip: null,
    userAgent: null,
    refreshToken: null,
    tokenEndsAt: undefined,
  };
  const context = { now, requestId: 'bench', eventId: eventId(now, randomBytes) };
  await sessions.create(startSession(started, context));
}

function tableOf({ dataDir }: LocalDeployment): Table {
  const access = readAwsAccess(dataDir);
  if (access === undefined) throw new Error('the data folder has no AWS');
  const { url: endpoint, region, ...credentials } = access;
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return { client, name: RESOURCE.table };
}
