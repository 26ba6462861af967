import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { type KeywrightConfig, parseConfig } from '../../lib/config.ts';
import { digestOfSources, sourceFiles } from '../../local/cloud-assembly.ts';
import { LOCAL_SEALING_KEY, localConfig } from '../../local/configuration.ts';
import { seedDemo } from '../../local/seed.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { PROJECT } from '../support/local-server.ts';

const IDENTITY = { issuer: 'http://localhost:4101', audience: 'keywright' };
const CONFIG = localConfig(IDENTITY);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keywright-stale-')));
  folders.push(folder);
  return folder;
}

function configuredBy(keywright: unknown, context: object = {}): KeywrightConfig {
  const folder = newFolder();
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ context: { keywright, ...context } }));
  return localConfig(IDENTITY, folder);
}

describe('what an assembly is made from', () => {
  /** Files of the project that a build reads, those of libraries left out. */
  async function readBy(entryPoints: string[]): Promise<string[]> {
    const { metafile } = await build({
      absWorkingDir: PROJECT,
      entryPoints,
      // Not `packages: 'external'`, which leaves out packages of the project as well.
      external: Object.keys({ ...packageFile.dependencies, ...packageFile.devDependencies }),
      bundle: true,
      write: false,
      outdir: '/',
      metafile: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    return Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/'));
  }

  test('has every file that the functions are bundled from, and that the synthesis is', async () => {
    const entries = sourceFiles().filter((path) => /^functions\/[^/]+\/handler\.ts$/.test(path));
    expect(entries.length).toBeGreaterThan(10);
    const read = [
      ...(await readBy(entries)),
      ...(await readBy(['local/cloud-assembly-worker.ts', 'local/cloud-assembly.ts'])),
    ];
    const sources = new Set(sourceFiles());
    expect(read.filter((path) => !sources.has(path))).toEqual([]);
  });

  describe('changes the digest', () => {
    let project: string;
    beforeEach(() => {
      project = newFolder();
      const kept = [
        'core/domain/tenants/permission.ts',
        'local/runtime.ts',
        'lib/app.ts',
        'functions/keys/handler.ts',
      ];
      for (const path of [...kept, 'package.json', 'package-lock.json', 'tsconfig.json', 'NOTICE']) {
        mkdirSync(dirname(join(project, path)), { recursive: true });
        cpSync(join(PROJECT, path), join(project, path));
      }
    });
    const digest = (config = CONFIG) => digestOfSources(config, project);

    test.each([
      ['a file of local/', 'local/runtime.ts'],
      ['a file of lib/', 'lib/app.ts'],
      ['a file of core/', 'core/domain/tenants/permission.ts'],
      ['a file of functions/', 'functions/keys/handler.ts'],
      ['the lock file', 'package-lock.json'],
      ['package.json', 'package.json'],
      ['how TypeScript is read', 'tsconfig.json'],
      ['a file that is deployed as it is', 'NOTICE'],
    ])('%s', (_, path) => {
      const before = digest();
      expect(digest()).toBe(before);
      writeFileSync(join(project, path), 'other');
      const changed = digest();
      expect(changed).not.toBe(before);
      rmSync(join(project, path));
      expect([before, changed]).not.toContain(digest());
    });

    test.each(['local/new.json', 'functions/new/handler.ts', 'guard/new.mjs', 'core/.hidden'])(
      'a new file, whatever its kind: %s',
      (path) => {
        const before = digest();
        mkdirSync(dirname(join(project, path)), { recursive: true });
        writeFileSync(join(project, path), '');
        // Hidden files are editors' and systems', and nothing imports them.
        if (path.includes('/.')) expect(digest()).toBe(before);
        else expect(digest()).not.toBe(before);
      },
    );

    test('where content ends and the next file begins', () => {
      writeFileSync(join(project, 'core/a.ts'), 'xcore/b.ts');
      writeFileSync(join(project, 'core/b.ts'), '');
      const before = digest();
      writeFileSync(join(project, 'core/a.ts'), 'x');
      writeFileSync(join(project, 'core/b.ts'), 'core/b.ts');
      expect(digest()).not.toBe(before);
    });

    test('nothing that is no part of it', () => {
      const before = digest();
      mkdirSync(join(project, 'test'));
      writeFileSync(join(project, 'test/x.test.ts'), '');
      writeFileSync(join(project, 'README.md'), '');
      symlinkSync(join(PROJECT, 'docs'), join(project, 'docs'));
      expect(digest()).toBe(before);
      expect(sourceFiles(project).map((path) => relative(project, join(project, path)))).not.toContain(
        'docs',
      );
    });
  });
});

describe('cdk.json', () => {
  /** Another value than the default for each field, so that a field which is not read is seen. */
  const settings: { [Field in keyof KeywrightConfig]: unknown } = {
    vendor: 'acme',
    demo: true,
    identity: { kind: 'cognito' },
    domain: {
      name: 'keys.example.com',
      certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/6f1c1b2a',
    },
    webAcl: false,
    allowedOrigins: ['https://portal.example.com', 'http://localhost:3000'],
    recentSignInSeconds: 60,
    portal: { brand: { name: 'Acme' } },
    alarmEmails: ['ops@example.com'],
    mail: { from: 'Acme <keys@example.com>', portalUrl: 'https://portal.example.com' },
    cacheSeconds: 1,
    staleSeconds: 0,
    cacheEntries: 500,
    defaultRateLimits: { sandbox: [{ limit: 7, windowSeconds: 60 }] },
    acceptImportedKeys: true,
    logRetentionDays: 7,
    auditArchiveDays: 3,
    auditArchive: { mode: 'governance', retentionDays: 5 },
    auditRetentionDays: 30,
    usageHourDays: 3,
    usageDayDays: 9,
    usageFiles: { freshnessMinutes: 2, keepDays: 30 },
    pepperRotationDays: 12,
    gradualDeployments: true,
    reservedConcurrency: { publisher: 3 },
    demoLogRole: false,
    usagePlans: { sandbox: ['a1b2c3'], live: [] },
    region: 'eu-west-1',
    regions: ['eu-west-1'],
    moved: null,
    consistency: 'eventual',
    witness: null,
    sealingKey: 'mrk-1234abcd12ab34cd56ef1234567890ab',
    limits: { across: 'region' },
    deletionProtection: false,
  };
  /** What docs/use/local.md names as different here. */
  const here: Partial<KeywrightConfig> = {
    demo: true,
    identity: { kind: 'oidc', commandClientId: 'keywright-cli', ...IDENTITY, portalClient: null },
    domain: null,
    allowedOrigins: ['http://localhost:3000'],
    alarmEmails: [],
    mail: null,
    auditArchive: null,
    gradualDeployments: false,
    usagePlans: { sandbox: [], live: [] },
    region: null,
    regions: null,
    moved: null,
    consistency: 'eventual',
    witness: null,
    sealingKey: LOCAL_SEALING_KEY,
  };

  test.each(Object.keys(parseConfig({})) as (keyof KeywrightConfig)[])('%s is read', (field) => {
    const local = configuredBy({ [field]: settings[field] });
    const expected = field in here ? here[field] : parseConfig({ [field]: settings[field] })[field];
    expect(local[field]).toEqual(expected);
    if (field in here) return;
    expect(local[field]).not.toEqual(parseConfig({})[field]);
    expect(digestOfSources(local, newFolder())).not.toBe(digestOfSources(configuredBy({}), newFolder()));
  });

  test('fields that stand alone in the context are read as cdk reads them', () => {
    expect(configuredBy({ vendor: 'acme' }, { 'keywright.cacheSeconds': 2 })).toMatchObject({
      vendor: 'acme',
      cacheSeconds: 2,
    });
  });

  test('a wrong one stops the start with the sentence that stops cdk synth', () => {
    expect(() => configuredBy({ vendor: 'Acme!' })).toThrow(
      /cdk\.json: keywright\.vendor is "Acme!"; expected/,
    );
    expect(() => configuredBy({ acceptImportdKeys: true })).toThrow(/cdk\.json: .*acceptImportdKeys/);
    expect(() => localConfig(IDENTITY, newFolder())).toThrow(/cdk\.json can't be read \(ENOENT/);
  });

  test('another vendor than that of the keys in a data folder is refused with what to do', async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'demo.json'), JSON.stringify({ seedId: 'x', keys: {} }));
    const seeding = seedDemo({
      dataDir,
      managementUrl: 'http://localhost:1',
      issuer: IDENTITY.issuer,
      vendor: 'acme',
      token: () => Promise.reject(new Error('is not asked for')),
    });
    await expect(seeding).rejects.toThrow(
      /begin with no vendor, and cdk\.json now says the vendor acme.*KEYWRIGHT_DATA_DIR/,
    );
  });
});
