import { HTTP_API_UNAUTHENTICATED } from '../../core/contract/refusals.ts';
import { judged } from '../finding.ts';
import type { Answer } from '../http-call.ts';
import { type Caller, callApi, isAdmitted, type ProtectedApi, refusals, titleOf } from '../protected-api.ts';
import { makeKey, SMOKE_TENANT, type World } from '../world.ts';

/** Well-formed in no way, so that it is refused without a look-up; and well-formed, but of nobody. */
const NO_KEY = 'sk_dev_not_a_key';
const OTHER_TENANT = 'tenant_keywright_smoke_other';

/** Calls each API of the tenant scheme as callers do who may, and as those who may not. */
export async function tenantCalls(world: World): Promise<void> {
  for (const api of world.apis.filter(({ scheme }) => scheme === 'tenant')) await callsOf(world, api);
}

async function callsOf(world: World, api: ProtectedApi): Promise<void> {
  const { tell, signal } = world;
  const other = api.environment === 'sandbox' ? 'live' : 'sandbox';
  const tenantId = SMOKE_TENANT;
  const { secret: key } = await makeKey(world, api.environment);
  const { secret: strange } = await makeKey(world, other);
  const { secret: narrow } = await makeKey(world, api.environment, { permissions: ['smoke-test:read'] });
  const answers = async (caller: Caller) => callApi(api, caller, { signal });
  const title = titleOf(api);

  const admitted = await answers({ key, tenantId });
  tell(
    judged('calls', `${title}: a key is let in`, isAdmitted(admitted), {
      seen: `${admitted.status}`,
      advice: adviceFor(api, admitted),
    }),
  );
  if (api.kind === 'rest' || api.kind === 'http') {
    const bearer = await answers({ key, tenantId, asBearer: true });
    tell(
      judged(
        'open questions',
        `${title}: the authorizer is asked without x-api-key too, so no header is an identity source`,
        isAdmitted(bearer),
        {
          seen: `${bearer.status}`,
          advice: `The key of ${title} is taken in x-api-key and not in Authorization. Look at its authorizer’s identity source, which must be left out: \`aws apigateway get-authorizers\` (REST) or \`aws apigatewayv2 get-authorizers\` (HTTP).`,
        },
      ),
    );
  }
  const refused: readonly (readonly [string, 401 | 403, Caller])[] = [
    ['no key', 401, { tenantId }],
    ['a text that is no key', 401, { key: NO_KEY, tenantId }],
    ['no tenant', 401, { key }],
    ['another tenant’s name', 403, { key, tenantId: OTHER_TENANT }],
    ['a key of the other environment', 403, { key: strange, tenantId }],
    ['a key without the permission', 403, { key: narrow, tenantId }],
  ];
  const seen: { what: string; status: number; isRight: boolean }[] = [];
  for (const [what, contract, caller] of refused) {
    const { status } = await answers(caller);
    seen.push({ what, status, isRight: refusals(api, contract).includes(status) });
    if (what === 'a text that is no key') tellHttp401(world, api, status);
  }
  const wrong = seen.filter(({ isRight }) => !isRight);
  const letIn = wrong.filter(({ status }) => isAdmitted({ status }));
  tell(
    judged('calls', `${title}: ${refused.length} callers who may not are refused`, wrong.length === 0, {
      seen: (wrong.length > 0 ? wrong : seen).map(({ what, status }) => `${status} ${what}`).join(', '),
      advice:
        letIn.length > 0
          ? `${title} lets in who may not. Take its traffic away until it is known why: is the authorizer on every route, and is it Keywright’s?`
          : `Look into the log group of the authorizer of ${title} for what it decided.`,
    }),
  );
}

function adviceFor({ kind, url, apiId }: ProtectedApi, { status }: Answer): string {
  if (status === 404)
    return `${url} is no resource of that ${kind} API; give the address of one that a GET answers with a success.`;
  if (status === 500)
    return `Read the log group of the authorizer of ${apiId}: API Gateway could not make use of its answer, or may not call it.`;
  return `Look for what the authorizer of ${apiId} says in its log, by the line’s cause: its KEYWRIGHT_API_ID, its table and the pepper’s right to be read are the first suspects.`;
}

/** AWS documents an HTTP API's 401 for a missing identity source alone. */
function tellHttp401({ tell }: World, api: ProtectedApi, status: number): void {
  if (api.kind !== 'http') return;
  const right = HTTP_API_UNAUTHENTICATED === 'error' ? 401 : 403;
  tell(
    judged(
      'open questions',
      `${titleOf(api)}: a refusal that throws is a 401 on this HTTP API`,
      status === right,
      {
        seen: `${status}`,
        advice:
          "Set HTTP_API_UNAUTHENTICATED in core/contract/refusals.ts to 'isAuthorized' and deploy the authorizers again: refused callers of HTTP APIs then get 403, which AWS documents.",
      },
    ),
  );
}
