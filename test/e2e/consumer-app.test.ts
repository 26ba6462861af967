import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const project = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(project, 'docs/use/protect.md'), 'utf8');

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

let folder: string;
let resources: readonly Resource[];

/** The app of the page in a folder beside Keywright's, built as `cdk synth` builds it. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-consumer-'));
  const app = join(folder, 'invoices');
  mkdirSync(app);
  symlinkSync(project, join(folder, 'keywright'));
  symlinkSync(join(project, 'node_modules'), join(app, 'node_modules'));
  writeFileSync(join(app, 'package.json'), String(/echo '(.+)' > package\.json/.exec(page)?.[1]));
  writeFileSync(join(app, 'app.ts'), String(/```ts\n([\s\S]+?)```/.exec(page)?.[1]));
  const [command = '', ...words] = JSON.parse(String(/echo '(.+)' > cdk\.json/.exec(page)?.[1])).app.split(
    ' ',
  );
  expect(command).toBe('node');
  const out = join(folder, 'out');
  await promisify(execFile)(process.execPath, words, { cwd: app, env: { ...process.env, CDK_OUTDIR: out } });
  const template = JSON.parse(readFileSync(join(out, 'Invoices.template.json'), 'utf8'));
  resources = Object.values(template.Resources);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

const of = (type: string) =>
  resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);

describe('the app that the page prints', () => {
  test('asks the authorizer on every route', () => {
    const [authorizer] = of('AWS::ApiGatewayV2::Authorizer');
    expect(authorizer).toMatchObject({ AuthorizerType: 'REQUEST', AuthorizerResultTtlInSeconds: 0 });
    const routes = of('AWS::ApiGatewayV2::Route');
    expect(routes).toHaveLength(1);
    for (const route of routes)
      expect(route).toMatchObject({ AuthorizationType: 'CUSTOM', RouteKey: 'ANY /v1/invoices' });
  });

  test('has an authorizer for the API that the page names to Keywright', () => {
    const [, apiId] = /"apiId":"(api_\w+)"/.exec(page) ?? [];
    const named = of('AWS::Lambda::Function').map(({ Environment }) => JSON.stringify(Environment ?? {}));
    expect(named.filter((variables) => variables.includes(`"KEYWRIGHT_API_ID":"${apiId}"`))).toHaveLength(1);
  });

  test('has its requests and its refusals counted', () => {
    expect(of('AWS::Logs::SubscriptionFilter')).toHaveLength(2);
    expect(of('AWS::ApiGatewayV2::Stage')).toEqual([
      expect.objectContaining({ StageName: 'prod', AccessLogSettings: expect.anything() }),
    ]);
  });
});
