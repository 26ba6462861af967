import { ROUTES } from '../../core/contract/routes.ts';
import type { CurrentSession } from '../../core/contract/session.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { abilitiesOf } from '../../core/domain/people/abilities.ts';
import { type Admitted, actsFor, roleIn } from '../../core/domain/people/person.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { environment } from '../../core/management/schemas/fields.ts';
import type { Me, memberSchemas } from '../../core/management/schemas/member-schemas.ts';
import type { MemberDependencies } from './dependencies.ts';
import { noteAddressee } from './notifications.ts';

const MOST_TENANTS = 100;

/** Who a person is, and what the person may call, by the check that every request goes through. */
export async function getMe(
  { person, query, sourceIp }: OperationRequest<typeof memberSchemas.getMe>,
  dependencies: MemberDependencies,
): Promise<Answer> {
  const { tenants, keyFormat, signUpMode } = dependencies;
  if (query.tenantId !== undefined && !actsFor(person, query.tenantId)) throw notFound();
  const { now, withSecondFactor } = abilitiesOf(person.signedIn, query.tenantId);
  const body: Me = {
    sub: person.sub,
    email: person.email ?? null,
    role: person.role ?? null,
    tenants: await tenantsOf(person, tenants),
    mfa: person.mfa,
    authTime: person.authTime?.toISOString() ?? null,
    ...(person.session && { session: presentCurrent(person.session) }),
    address: sourceIp ?? null,
    can: [...now],
    canWithSecondFactor: [...withSecondFactor],
    vendor: keyFormat.vendor,
    environments: [...environment.options],
    features: {
      fourEyes: ROUTES.some(({ operation }) => operation === 'approveApproval'),
      signUp: signUpMode,
      webhooks: ROUTES.some(({ key }) => key.includes('/webhooks')),
    },
  };
  await noteAddressee(person.signedIn, dependencies);
  return { status: 200, body };
}

function presentCurrent({
  sessionId,
  startedAt,
  endsAt,
  isRecent,
}: CurrentSession): NonNullable<Me['session']> {
  return { sessionId, startedAt, endsAt, recent: isRecent };
}

async function tenantsOf(person: Admitted, tenants: MemberDependencies['tenants']): Promise<Me['tenants']> {
  if (person.tenants === '*') return '*';
  const { items } = await tenants.list(person.tenants, { limit: MOST_TENANTS, before: undefined });
  return items.map(({ tenantId, name, sandboxOnly = false }) => ({
    ...{ tenantId, name, sandboxOnly },
    role: roleIn(person, tenantId) ?? null,
  }));
}
