import { AsCode } from '../../shared/show/as-code.tsx';
import { keywrightWith } from '../../shared/show/command-line.ts';
import type { ApiSettings } from './api-draft.ts';
import type { NewRoutes } from './route-draft.ts';

/** The same table by a request, by the command, which tries it first, and in a stack. */
export function RoutesAsCode({ apiId, routes }: { apiId: string; routes: NewRoutes }) {
  const file = ['{"routes":[', routes.map((route) => `  ${JSON.stringify(route)}`).join(',\n'), ']}'].join(
    '\n',
  );
  // A stack's routes have no scopes of their own.
  const hasScopes = routes.some(({ scopes }) => scopes?.length);
  return (
    <AsCode
      method="PATCH"
      path={`/v1/apis/${apiId}`}
      body={{ routes }}
      command={[
        `cat > routes.json <<'END'\n${file}\nEND`,
        `keywright apis try ${apiId} routes.json`,
        `keywright apis update ${apiId} --file routes.json`,
      ].join('\n')}
      {...(!hasScopes && { cdk: cdkOf(routes) })}
    />
  );
}

function cdkOf(routes: NewRoutes): string {
  const lines = routes.map((route) => `  ${JSON.stringify(route)},`);
  return ['// among the props of KeywrightApi', 'routes: [', ...lines, '],'].join('\n');
}

/** The same settings by a request, by the command, and in a stack, where what is not there is left out. */
export function SettingsAsCode({ apiId, body }: { apiId: string; body: Partial<ApiSettings> }) {
  const props = Object.entries(body).map(([name, value]) =>
    value === null ? `// no ${name}` : `${name}: ${JSON.stringify(value)},`,
  );
  return (
    <AsCode
      method="PATCH"
      path={`/v1/apis/${apiId}`}
      body={body}
      command={keywrightWith(['apis', 'update', apiId], body)}
      cdk={['// among the props of KeywrightApi', ...props].join('\n')}
    />
  );
}
