import { DEMO_API_IDS } from '../core/contract/demo.ts';
import type { Management } from './management.ts';
import type { ApiAddress, ProtectedApi } from './protected-api.ts';
import { SMOKE_TENANT } from './world.ts';

type DemoApi = keyof typeof DEMO_API_IDS;

/** How Keywright is told of the demonstration's APIs, whose names and paths the stack KeywrightDemo has. */
const DEMO: Readonly<Record<DemoApi, { kind: ApiAddress['kind']; path: string; api: object }>> = {
  orders: { kind: 'rest', path: 'v1/orders', api: { scheme: 'tenant' } },
  catalog: { kind: 'http', path: 'v1/items', api: { scheme: 'tenant' } },
  payments: { kind: 'rest', path: 'v1/payments', api: { scheme: 'subscription', clientKeyRequired: true } },
};

/** The demonstration's APIs, where its stack is deployed. @param stage the address of an API's stage */
export function demoAddresses(
  stage: (name: DemoApi, environment: 'sandbox' | 'live') => string | undefined,
): ApiAddress[] {
  return (Object.keys(DEMO) as DemoApi[]).flatMap((name) =>
    (['sandbox', 'live'] as const).flatMap((environment) => {
      const url = stage(name, environment)?.replace(/\/+$/, '');
      const { kind, path } = DEMO[name];
      return url === undefined ? [] : { kind, apiId: DEMO_API_IDS[name][environment], url: `${url}/${path}` };
    }),
  );
}

/**
 * What Keywright knows of an API; the demonstration's are named to it where nobody has done so yet.
 * @throws Error for another that it doesn't know
 */
export async function knownApi(
  management: Management,
  address: ApiAddress,
  keep: (what: string) => void,
): Promise<ProtectedApi> {
  const path = `/apis/${address.apiId}`;
  const found = await management.ask<Omit<ProtectedApi, 'kind' | 'url'>>('GET', path);
  if (found.status === 200) return { ...found.body, ...address };
  const [name, environment] = demoOf(address.apiId) ?? [];
  if (found.status !== 404 || name === undefined) {
    throw new Error(
      `GET /v1${path} answered ${found.status}; name the API to Keywright first (docs/use/authorizers.md)`,
    );
  }
  const made = await management.do<Omit<ProtectedApi, 'kind' | 'url'>>('POST', '/apis', {
    ...{ apiId: address.apiId, name, environment, ...DEMO[name].api },
  });
  keep(`the record of the demonstration’s API ${name}, ${environment}, which it needs`);
  return { ...made, ...address };
}

function demoOf(apiId: string): readonly [DemoApi, 'sandbox' | 'live'] | undefined {
  return (Object.keys(DEMO_API_IDS) as DemoApi[])
    .flatMap((name) => (['sandbox', 'live'] as const).map((environment) => [name, environment] as const))
    .find(([name, environment]) => DEMO_API_IDS[name][environment] === apiId);
}

/** The smoke test's tenant, made at its first run; it can't be taken away, and has no live credentials between runs. */
export async function prepareTenant(management: Management, keep: (what: string) => void): Promise<void> {
  const path = `/tenants/${SMOKE_TENANT}`;
  const found = await management.ask<{ status: string }>('GET', path);
  if (found.status === 404) {
    await management.do('POST', '/tenants', { tenantId: SMOKE_TENANT, name: 'Keywright smoke test' });
  } else if (found.body.status === 'suspended') {
    await management.do('PATCH', path, { status: 'active' });
  }
  keep(`the tenant ${SMOKE_TENANT}, without live credentials`);
}
