import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../emulator/listen.ts';
import { callersOf, type Deployment } from '../support/deployment.ts';
import { iamFindings, judgementsIn } from '../support/independent-judge.ts';
import { LocalServer } from '../support/local-server.ts';
import { signedFetch } from '../support/signed-fetch.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
type Template = { readonly Resources: Record<string, Resource> };

let dataDir: string;
let port: number;
let server: LocalServer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keywright-iam-'));
  port = await freePorts();
  server = await LocalServer.ready(dataDir, port);
}, 120_000);
afterAll(async () => {
  await server.end('SIGKILL');
  await rm(dataDir, { recursive: true });
});

const manage: Deployment['manage'] = (...request) =>
  callersOf({
    managementUrl: server.managementUrl,
    stageUrl: (api, name) => `http://localhost:${port + 2}/${api}/${name}`,
    tokenOf: (email) => server.token(email),
  }).manage(...request);

/** Changes what is deployed, and gives back how the server's next start on it goes. */
async function replanted(stack: string, change: (template: Template) => void): Promise<LocalServer> {
  await server.end('SIGTERM');
  const path = join(dataDir, 'cloud-assembly', `${stack}.template.json`);
  const template = JSON.parse(readFileSync(path, 'utf8')) as Template;
  change(template);
  writeFileSync(path, JSON.stringify(template));
  await rm(join(dataDir, 'logs', 'iam.log'), { force: true });
  server = new LocalServer(dataDir, port);
  return server;
}

/** The policy of the role of the function whose logical id begins so. */
function policyOf({ Resources }: Template, name: string): { document: { Statement: Statement[] } } {
  const found = Object.entries(Resources).find(
    ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(name),
  );
  if (found === undefined) throw new Error(`there is no policy of ${name}`);
  return { document: found[1].Properties.PolicyDocument as { Statement: Statement[] } };
}
interface Statement {
  readonly Action: string | string[];
  readonly Condition?: Record<string, Record<string, string[]>>;
}

const ofType = ({ Resources }: Template, type: string) =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type);

describe('every call of a function is one that its role and the resource let it make', () => {
  test('as the templates are, nothing is denied, and an evaluator of others’ says the same of each', async () => {
    const key = server.demoKey('secretSandbox');
    expect((await manage('GET', '/tenants/tenant_acme')).status).toBe(200);
    expect((await manage('GET', `/tenants/tenant_acme/keys/${key.keyId}`)).status).toBe(200);
    const brake = await signedFetch(`http://localhost:${port + 2}`, 'lambda', {
      path: '/keywright-brake/',
      body: JSON.stringify({ id: key.keyId }),
      headers: { 'content-type': 'application/json' },
    });
    expect([brake.status, await brake.json()]).toEqual([200, { id: key.keyId, status: 'disabled' }]);
    const roles = new Set((await judgementsIn(dataDir)).map(({ roleArn }) => roleArn.split('-').at(1)));
    expect(roles.size).toBeGreaterThanOrEqual(3);
    expect(await iamFindings(dataDir)).toEqual([]);
  });

  test('a missing Allow and a wrong prefix turn it red', async () => {
    const { keyId } = server.demoKey('secretSandbox');
    const planted = await replanted('KeywrightControl', (template) => {
      const tenants = policyOf(template, 'ManagementTenantsRole');
      tenants.document.Statement = tenants.document.Statement.filter(
        ({ Action }) => !JSON.stringify(Action).includes('dynamodb:GetItem'),
      );
      for (const { Condition } of policyOf(template, 'ManagementKeysRole').document.Statement) {
        const keys = Condition?.['ForAllValues:StringLike'];
        if (keys?.['dynamodb:LeadingKeys']) keys['dynamodb:LeadingKeys'] = ['CREDIT#*'];
      }
    });
    await planted.ready();
    expect((await manage('GET', '/tenants/tenant_acme')).status).toBe(500);
    expect((await manage('GET', `/tenants/tenant_acme/keys/${keyId}`)).status).toBe(500);
    const findings = await iamFindings(dataDir);
    for (const role of ['ManagementTenantsRole', 'ManagementKeysRole']) {
      const denied = expect.stringMatching(
        new RegExp(`${role}.*dynamodb:GetItem.*denied here, ImplicitlyDenied`),
      );
      expect(findings).toContainEqual(denied);
    }
  });

  test('a function that its trigger may not invoke, and a stream that its reader may not read, stop the start', async () => {
    const planted = await replanted('KeywrightControl', (template) => {
      for (const [id, { Properties }] of ofType(template, 'AWS::Lambda::Permission')) {
        if (Properties.Principal !== 'apigateway.amazonaws.com') delete template.Resources[id];
      }
      const publisher = policyOf(template, 'PublisherFunctionRole');
      publisher.document.Statement = publisher.document.Statement.filter(
        ({ Action }) => !JSON.stringify(Action).includes('GetShardIterator'),
      );
    });
    const { code, stderr } = await planted.end();
    expect(code).toBe(1);
    for (const service of ['events', 'logs', 'secretsmanager'])
      expect(stderr).toMatch(new RegExp(`does not let ${service}.amazonaws.com invoke it`));
    expect(stderr).toMatch(/may not dynamodb:GetRecords on .*stream/);
  });
});
