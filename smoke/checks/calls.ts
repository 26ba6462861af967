import { HTTP_API_UNAUTHENTICATED } from '../../core/contract/refusals.ts';
import { judged } from '../finding.ts';
import {
  type Caller,
  callApi,
  isAdmitted,
  isDeclared,
  type ProtectedApi,
  refusals,
  titleOf,
} from '../protected-api.ts';
import { makeKey, SMOKE_TENANT, type World } from '../world.ts';

/** Refused for its form, without a look-up. */
const NO_KEY = 'sk_dev_not_a_key';
const OTHER_TENANT = `${SMOKE_TENANT}_other`;

/** A caller who may not, and the contract's answer. */
type Refused = readonly [what: string, status: 401 | 403, caller: Caller];

/** Calls each API of the tenant scheme as callers do who may, and as those who may not. */
export async function tenantCalls(world: World): Promise<void> {
  for (const api of world.apis.filter(({ scheme }) => scheme === 'tenant')) {
    await admitted(world, api);
    await refused(world, api);
  }
}

async function admitted(world: World, api: ProtectedApi): Promise<void> {
  const { tell, signal } = world;
  const subject = titleOf(api);
  const { secret } = await makeKey(world, api.environment);
  const caller = { key: secret, tenantId: SMOKE_TENANT };
  const plain = await callApi(api, caller, { signal });
  tell(
    judged({
      chapter: 'calls',
      subject,
      promise: 'a key is let in',
      isKept: isAdmitted(plain),
      seen: `${plain.status}`,
      advice: adviceFor(api, plain.status),
    }),
  );
  if (api.kind !== 'rest' && api.kind !== 'http') return;
  const bearer = await callApi(api, { ...caller, asBearer: true }, { signal });
  tell(
    judged({
      chapter: 'open questions',
      subject,
      promise: 'no header is an identity source: a key is taken in Authorization alone',
      isKept: isAdmitted(bearer),
      seen: `${bearer.status}`,
      advice: `The authorizer of ${subject} is not asked without x-api-key. Its identity source must be left out; \`aws apigateway get-authorizers\` (REST) or \`aws apigatewayv2 get-authorizers\` (HTTP) shows it.`,
    }),
  );
}

async function refused(world: World, api: ProtectedApi): Promise<void> {
  const { tell, signal } = world;
  const subject = titleOf(api);
  const callers = await callersWhoMayNot(world, api);
  const seen: { what: string; status: number; isRight: boolean }[] = [];
  for (const [what, contract, caller] of callers) {
    const { status } = await callApi(api, caller, { signal });
    seen.push({ what, status, isRight: refusals(api, contract).includes(status) });
    if (caller.key === NO_KEY) tellHttp401(world, api, status);
  }
  const wrong = seen.filter(({ isRight }) => !isRight);
  tell(
    judged({
      chapter: 'calls',
      subject,
      promise: `${callers.length} who may not are refused`,
      isKept: wrong.length === 0,
      seen: (wrong.length === 0 ? seen : wrong).map(({ what, status }) => `${status} ${what}`).join(', '),
      advice: wrong.some(isAdmitted)
        ? `${subject} lets in who may not. Take it off the network until it is known why: is the authorizer on every route, and is it Keywright’s?`
        : `Look into the log of the authorizer of ${subject} for what it decided.`,
    }),
  );
}

async function callersWhoMayNot(world: World, api: ProtectedApi): Promise<Refused[]> {
  const tenantId = SMOKE_TENANT;
  const { secret: key } = await makeKey(world, api.environment);
  const { secret: strange } = await makeKey(world, api.environment === 'sandbox' ? 'live' : 'sandbox');
  const callers: Refused[] = [
    ['no key', 401, { tenantId }],
    ['no such key', 401, { key: NO_KEY, tenantId }],
    ['no tenant', 401, { key }],
    ['other tenant', 403, { key, tenantId: OTHER_TENANT }],
    ['other environment', 403, { key: strange, tenantId }],
  ];
  // What a declared route needs is the operator's to say; it may be public.
  if (isDeclared(api)) return callers;
  const { secret: narrow } = await makeKey(world, api.environment, { permissions: ['smoke-test:read'] });
  return [...callers, ['no permission', 403, { key: narrow, tenantId }]];
}

function adviceFor({ kind, url, apiId }: ProtectedApi, status: number): string {
  if (status === 404)
    return `${url} is no resource of that ${kind} API; give the address of a GET that answers with a success.`;
  if (status === 500)
    return `Read the log of the authorizer of ${apiId}: API Gateway could make no use of its answer, or may not call it.`;
  return `Look for the cause in the log of the authorizer of ${apiId}; its KEYWRIGHT_API_ID, its table and its right to read the pepper are the first suspects.`;
}

/** AWS documents an HTTP API's 401 for a missing identity source alone. */
function tellHttp401({ tell }: World, api: ProtectedApi, status: number): void {
  if (api.kind !== 'http') return;
  const right = HTTP_API_UNAUTHENTICATED === 'error' ? 401 : 403;
  tell(
    judged({
      chapter: 'open questions',
      subject: titleOf(api),
      promise: `an HTTP API answers ${right} to a key that is none`,
      isKept: status === right,
      seen: `${status}`,
      advice:
        "Set HTTP_API_UNAUTHENTICATED in core/contract/refusals.ts to 'isAuthorized' and deploy the authorizers again: refused callers of HTTP APIs then get 403, which AWS documents.",
    }),
  );
}
