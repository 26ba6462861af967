import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appOfPage, expectFirstCalls } from '../support/deployed-app.ts';
import { answer, startHostileServer } from '../support/hostile-server.ts';
import { PROJECT } from '../support/local-server.ts';

const { bundleOf } = loadOnce<typeof import('../../lib/constructs/bundle.ts')>(
  '../../lib/constructs/bundle.ts',
);

const MODULES = join(PROJECT, 'node_modules');
const TSC = join(MODULES, 'typescript/bin/tsc');
const FLAGS = [
  '--noEmit',
  '--strict',
  '--skipLibCheck',
  'false',
  '--module',
  'nodenext',
  '--target',
  'es2024',
];
const CDK = join(MODULES, 'aws-cdk/bin/cdk');
const read = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');

let folder: string;
const run = async (command: string, words: readonly string[], cwd: string, env = process.env) =>
  (await promisify(execFile)(command, [...words], { cwd, env })).stdout;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-packages-'));
  const published = ['lib', 'guard', 'bin', 'client'].flatMap((name) => ['--workspace', name]);
  await run('npm', ['pack', ...published, '--pack-destination', folder], PROJECT);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An empty project with one of the packages in it, without a network, and what was installed beside it. */
async function installed(name: string, packed: string, type = 'module'): Promise<string> {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type }));
  const words = ['install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund'];
  await run('npm', [...words, join(folder, packed)], project);
  return project;
}

test.each([
  [
    'keywright-cdk-0.1.0.tgz',
    [
      '.jsii',
      'API.md',
      'dist/lib/index.js',
      'dist/lib/index.d.ts',
      'dist/functions/authorizer/index.js',
      'dist/functions/registration/index.js',
    ],
  ],
  ['keywright-guard-0.1.0.tgz', ['dist/keywright-guard.js', 'dist/types/guard/keywright-guard.d.ts']],
  [
    'keywright-client-0.1.0.tgz',
    ['dist/keywright-client.js', 'dist/sigv4.js', 'dist/types/client/openapi-types.d.ts'],
  ],
  ['keywright-0.1.0.tgz', ['cli.js', 'dist/keywright.js']],
])('%s holds what a package needs, and no TypeScript but declarations', async (packed, files) => {
  const names = (await run('tar', ['-tzf', packed], folder)).trim().split('\n');
  const paths = names.map((name) => name.replace('package/', ''));
  const always = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'THIRD-PARTY-LICENSES'];
  expect(paths).toEqual(expect.arrayContaining([...always, ...files]));
  expect(paths.filter((path) => /(?<!\.d)\.ts$/.test(path))).toEqual([]);
  const { license, repository, publishConfig } = JSON.parse(
    await run('tar', ['-xzOf', packed, 'package/package.json'], folder),
  );
  expect({ license, publishConfig }).toEqual({
    license: 'Apache-2.0',
    publishConfig: { access: 'public', provenance: true },
  });
  expect(repository).toMatchObject({
    type: 'git',
    directory: expect.stringMatching(/^(lib|guard|bin|client)$/),
  });
  for (const path of paths.filter((candidate) => candidate.endsWith('.d.ts'))) {
    const text = await run('tar', ['-xzOf', packed, `package/${path}`], folder);
    expect([path, /['"]\.[^'"]*\.ts['"]/.exec(text)?.[0]]).toEqual([path, undefined]);
  }
});

describe('an app that `cdk init` made, with the packed @keywright/cdk and without esbuild', () => {
  interface Resource {
    readonly Type: string;
    readonly Properties: Readonly<Record<string, unknown>>;
  }
  const resources = (template: string): readonly Resource[] =>
    Object.values(JSON.parse(readFileSync(template, 'utf8')).Resources);

  /** As the CDK's own command makes it; other packages are lent from here, but for Jest and its types. */
  async function initialized(name: string): Promise<string> {
    const modules = join(await installed(`${name}-modules`, 'keywright-cdk-0.1.0.tgz'), 'node_modules');
    const app = join(folder, name, 'invoices');
    mkdirSync(app, { recursive: true });
    await run(process.execPath, [CDK, 'init', 'app', '--language', 'typescript', '--generate-only'], app);
    rmSync(join(app, 'test'), { recursive: true });
    const tsconfig = readFileSync(join(app, 'tsconfig.json'), 'utf8');
    writeFileSync(join(app, 'tsconfig.json'), tsconfig.replace('"jest",', ''));
    renameSync(modules, join(app, 'node_modules'));
    for (const lent of ['.bin', '@types', 'aws-cdk-lib', 'constructs'])
      symlinkSync(join(MODULES, lent), join(app, 'node_modules', lent));
    return app;
  }

  let app: string;
  beforeAll(async () => {
    app = await initialized('commonjs');
    writeFileSync(join(app, 'bin/invoices.ts'), appOfPage('ts'));
    await run(process.execPath, [CDK, 'synth', '--quiet'], app);
  });

  test('synthesizes the page’s API, whose requests the authorizer decides on and which are counted', () => {
    const all = resources(join(app, 'cdk.out/Invoices.template.json'));
    const of = (type: string) => all.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
    const [authorizer] = of('AWS::ApiGatewayV2::Authorizer');
    expect(authorizer).toMatchObject({ AuthorizerType: 'REQUEST', AuthorizerResultTtlInSeconds: 0 });
    expect(of('AWS::ApiGatewayV2::Route')).toEqual([
      expect.objectContaining({ AuthorizationType: 'CUSTOM', RouteKey: 'ANY /v1/invoices' }),
    ]);
    const [registered] = of('Custom::KeywrightApi');
    const [apiId] = /api_\w+/.exec(JSON.stringify(registered?.Definition)) ?? [];
    const [named, ...others] = of('AWS::Lambda::Function').filter((properties) =>
      JSON.stringify(properties).includes(`"KEYWRIGHT_API_ID":"${apiId}"`),
    );
    expect(others).toEqual([]);
    // The function that Keywright's own stacks deploy, to the byte: the CDK names it by the digest of what it is told.
    const name = createHash('sha256').update(bundleOf('authorizer').hash).digest('hex');
    expect(named).toMatchObject({ Code: { S3Key: `${name}.zip` } });
    expect(of('AWS::Logs::SubscriptionFilter')).toHaveLength(2);
    expect(of('AWS::ApiGatewayV2::Stage')).toEqual([
      expect.objectContaining({ StageName: '$default', AccessLogSettings: expect.anything() }),
    ]);
  });

  test('is deployed beside the local Keywright, registers itself, and the first call with a key is a 200', async () => {
    await expectFirstCalls(join(app, 'cdk.out'), join(folder, 'data'));
  });

  test('synthesizes the README’s stack as an ES module, on this Node and on Node 22', async () => {
    const app = await initialized('esm');
    const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
    writeFileSync(join(app, 'package.json'), JSON.stringify({ ...manifest, type: 'module' }));
    const [, code = ''] = /```ts\n([\s\S]+?)```/.exec(read('lib/README.md')) ?? [];
    writeFileSync(join(app, 'lib/invoices-stack.ts'), code);
    const entry = readFileSync(join(app, 'bin/invoices.ts'), 'utf8');
    writeFileSync(join(app, 'bin/invoices.ts'), entry.replace('/invoices-stack', '/invoices-stack.js'));
    for (const node of [process.execPath, await node22()]) {
      rmSync(join(app, 'cdk.out'), { recursive: true, force: true });
      await run(node, [TSC], app);
      await run(node, [join(MODULES, 'tsx/dist/cli.mjs'), 'bin/invoices.ts'], app, {
        ...process.env,
        CDK_OUTDIR: join(app, 'cdk.out'),
      });
      const types = resources(join(app, 'cdk.out/InvoicesStack.template.json')).map(({ Type }) => Type);
      expect(types).toEqual(
        expect.arrayContaining([
          'AWS::ApiGateway::Authorizer',
          'AWS::ApiGateway::GatewayResponse',
          'Custom::KeywrightApi',
        ]),
      );
    }
  });

  /** Node 22 as npm brings it, from npm's cache after the first time. */
  async function node22(): Promise<string> {
    const home = join(folder, 'node22');
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{}');
    const name = `node-${process.platform}-${process.arch}`;
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `${name}@22.23.5`], home);
    const node = join(home, 'node_modules', name, 'bin/node');
    expect(await run(node, ['--version'], home)).toMatch(/^v22\./);
    return node;
  }
});

const hasPython = await run('python3', ['-c', 'import venv, ensurepip'], tmpdir()).then(
  () => true,
  () => false,
);
if (!hasPython)
  process.stderr.write('Skipped: the wheel. It needs Python 3 with venv: apt-get install python3-venv\n');

(hasPython ? test : test.skip)(
  'an app that `cdk init` made in Python, with the wheel, is deployed, and the first call with a key is a 200',
  async () => {
    const said = await run(process.execPath, ['bin/build-wheel.ts', folder], PROJECT);
    const app = join(folder, 'python/invoices');
    mkdirSync(app, { recursive: true });
    await run(process.execPath, [CDK, 'init', 'app', '--language', 'python', '--generate-only'], app);
    await run('python3', ['-m', 'venv', '.venv'], app);
    const bin = join(app, '.venv/bin');
    const install = ['install', '--quiet', '--disable-pip-version-check'];
    const wheel = said.trim().split('\n').at(-1) ?? '';
    await run(join(bin, 'pip'), [...install, '-r', 'requirements.txt', wheel], app);
    writeFileSync(join(app, 'app.py'), appOfPage('python'));
    // The environment's own Python, and this Node for the constructs.
    const env = { ...process.env, PATH: [bin, dirname(process.execPath), process.env.PATH].join(':') };
    await run(process.execPath, [CDK, 'synth', '--quiet'], app, env);
    await expectFirstCalls(join(app, 'cdk.out'), join(folder, 'python/data'));

    const wrong = `from aws_cdk import App, Stack
from keywright_cdk import KeywrightApi
KeywrightApi(Stack(App(), "Wrong"), "Api", environment="prod")`;
    await expect(run(join(bin, 'python'), ['-c', wrong], app, env)).rejects.toMatchObject({
      stderr: expect.stringContaining('environment is "prod"; expected sandbox or live.'),
    });
  },
  900_000,
);

test('the page of all constructs is what is made of them', async () => {
  await run(process.execPath, ['bin/api-page.ts', '--check'], PROJECT);
});

test('the packed command runs by npx, without a network or another package', async () => {
  const project = await installed('command', 'keywright-0.1.0.tgz');
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !/^\.|^@napi-rs$/.test(name))).toEqual([
    'keywright',
  ]);
  const key = 'sk_live_not_a_key';
  await expect(run('npx', ['--offline', 'keywright', 'keys', 'inspect', key], project)).rejects.toMatchObject(
    {
      code: 1,
      stderr: expect.stringContaining('not a key: '),
    },
  );
  expect(await run('npx', ['--offline', 'keywright', '--help'], project)).toContain('Usage: keywright');
});

test('the packed client has its types and calls', async () => {
  const project = join(folder, 'client');
  mkdirSync(join(project, 'node_modules/@keywright'), { recursive: true });
  await run('tar', ['-xzf', join(folder, 'keywright-client-0.1.0.tgz')], project);
  renameSync(join(project, 'package'), join(project, 'node_modules/@keywright/client'));
  for (const lent of ['openapi-fetch', 'openapi-typescript-helpers', '@types', 'undici-types'])
    symlinkSync(join(MODULES, lent), join(project, 'node_modules', lent));
  const [, code = ''] = /```ts\n([\s\S]+?)```/.exec(read('client/README.md')) ?? [];
  const server = await startHostileServer(
    answer(201, '{"key":{"keyId":"key_0123456789AB"},"secret":"sk_live_x"}'),
    answer(200, '{"items":[{"keyId":"key_0123456789AB","name":"CI"}],"nextCursor":null}'),
  );
  try {
    writeFileSync(join(project, 'package.json'), '{"type":"module"}');
    writeFileSync(join(project, 'use.ts'), code.replace('https://keys.example.com', server.url));
    await run(process.execPath, [TSC, ...FLAGS, '--types', 'node', 'use.ts'], project);
    const env = { ...process.env, KEYWRIGHT_TOKEN: 'token-1' };
    expect(await run(process.execPath, ['use.ts'], project, env)).toContain('key_0123456789AB CI');
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'idempotency-key': expect.any(String),
    });
  } finally {
    await server.close();
  }
});

test('the packed guard installs without a network or another package, refuses, and has its types', async () => {
  const project = await installed('guard', 'keywright-guard-0.1.0.tgz');
  const modules = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(modules).toEqual(['keywright-guard']);
  const use = `import { keywrightGuard } from 'keywright-guard';
    const answer = await keywrightGuard().before({ event: {}, context: {}, internal: {}, response: undefined });
    console.log(answer.statusCode);`;
  writeFileSync(join(project, 'use.js'), use);
  const env = {
    PATH: dirname(process.execPath),
    AWS_REGION: 'eu-central-1',
    KEYWRIGHT_REGIONAL_TABLE: 'keywright-regional',
  };
  const said = await run(process.execPath, ['use.js'], project, env);
  expect(said.trim().split('\n').at(-1)).toBe('401');

  const typed = `import { type GuardedCaller, keywrightGuard } from 'keywright-guard';
    keywrightGuard({ permission: 'orders:read', cost: 2 });
    export const name = (caller: GuardedCaller): string => caller.keyId;
    // @ts-expect-error a misspelt option
    keywrightGuard({ permisson: 'orders:read' });`;
  writeFileSync(join(project, 'typed.ts'), typed);
  expect(await run(process.execPath, [TSC, ...FLAGS, 'typed.ts'], project)).toBe('');
});
