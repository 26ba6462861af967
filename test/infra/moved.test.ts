import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import type * as synthesisModule from './synthesis.ts';
import { ACCOUNT_ID } from './synthesized-stacks.ts';

const { portalNames, stacksWith, templatesByName } =
  loadOnce<typeof synthesisModule>('../infra/synthesis.ts');

const LOST = 'eu-central-1';
const HERE = 'eu-west-1';
const KEY = `arn:aws:kms:${HERE}:${ACCOUNT_ID}:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f`;
const STREAM = `arn:aws:dynamodb:${HERE}:${ACCOUNT_ID}:table/keywright/stream/2026-11-29T12:00:00.000`;
const PEPPER = `arn:aws:secretsmanager:${HERE}:${ACCOUNT_ID}:secret:keywright/pepper-AbCdEf`;

const COMMON = {
  demo: true,
  alarmEmails: ['ops@example.com'],
  mail: { from: 'Acme <keys@example.com>', portalUrl: 'https://portal.example.com/' },
  auditArchive: { mode: 'governance', retentionDays: 30 },
  usageFiles: {},
};
const BEFORE = { ...COMMON, regions: [LOST, { region: HERE, keyArn: KEY, sealed: true }] };
const MOVED = {
  ...COMMON,
  regions: [HERE],
  moved: { keyArn: KEY, streamArn: STREAM, pepperArn: PEPPER },
};

const stacks = stacksWith(MOVED);
const before = stacksWith(BEFORE);
const ofStack = (name: string, of = stacks): readonly TemplateResource[] => of.get(name) ?? [];
const ofType = (type: string, resources: readonly TemplateResource[]) =>
  resources.filter(({ Type }) => Type === type);
const all = [...stacks.values()].flat();

test('the Region has the control plane beside the stacks that it had', () => {
  expect([...stacks.keys()].sort()).toEqual([
    'KeywrightControl',
    'KeywrightData',
    `KeywrightDemo-${HERE}`,
    `KeywrightRegion-${HERE}`,
  ]);
});

describe('what there is is adopted', () => {
  test('no stack declares the copies, so that none can change or delete them', () => {
    const tables = [...stacks].flatMap(([name, resources]) =>
      ofType('AWS::DynamoDB::GlobalTable', resources).map(
        ({ Properties }) => `${name} ${Properties.TableName}`,
      ),
    );
    expect(tables.sort()).toEqual([
      'KeywrightData keywright-usage',
      `KeywrightRegion-${HERE} keywright-regional`,
    ]);
    const secrets = ofType('AWS::SecretsManager::Secret', all).map(({ Properties }) => Properties.Name);
    expect(secrets).not.toContain('keywright/pepper');
    expect(
      ofType('AWS::KMS::Key', ofStack('KeywrightData')).map(({ Properties }) => Properties.KeyUsage),
    ).toEqual(['SIGN_VERIFY']);
  });

  test('its key is known by the alias by which functions of other Regions ask', () => {
    const aliases = ofType('AWS::KMS::Alias', ofStack('KeywrightData')).map(({ Properties }) => Properties);
    expect(aliases).toContainEqual({ AliasName: 'alias/keywright', TargetKeyId: KEY });
    const usage = ofType('AWS::DynamoDB::GlobalTable', ofStack('KeywrightData'))[0]?.Properties;
    expect(usage).toMatchObject({ Replicas: [{ Region: HERE, SSESpecification: { KMSMasterKeyId: KEY } }] });
  });

  test('events are read from the copy’s stream and the Region’s own, both from their oldest record', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping', all).map(({ Properties }) => Properties);
    const own = ofType('AWS::DynamoDB::GlobalTable', ofStack(`KeywrightRegion-${HERE}`))[0];
    expect(
      mappings.map(({ EventSourceArn, StartingPosition }) => [EventSourceArn, StartingPosition]),
    ).toEqual(
      expect.arrayContaining([
        [STREAM, 'TRIM_HORIZON'],
        [expect.stringMatching(/:table\/keywright-regional\/stream\//), 'TRIM_HORIZON'],
      ]),
    );
    expect(own).toBeDefined();
  });

  test('the pepper that is rotated is the one that was a copy', () => {
    const schedules = ofType('AWS::SecretsManager::RotationSchedule', all);
    expect(schedules.map(({ Properties }) => Properties.SecretId)).toContain(PEPPER);
  });
});

test('nothing is allowed, or done, in the Region that was lost', () => {
  expect(JSON.stringify(all)).not.toContain(LOST);
});

test('no name is taken twice in the Region: neither a resource’s, nor an export’s', () => {
  // A stage's name is its API's.
  const inRegion = all.filter(({ Type }) => !/^AWS::ApiGateway(V2)?::Stage$/.test(Type));
  const named = inRegion.flatMap(({ Type, PhysicalId, Properties }) => {
    const own = Object.entries(Properties).flatMap(([name, value]) =>
      /Name$/.test(name) && name !== 'DomainName' && typeof value === 'string' ? [value] : [],
    );
    return PhysicalId !== null && own.some((name) => PhysicalId.endsWith(name))
      ? [`${Type} ${PhysicalId}`]
      : [];
  });
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name, i) => named.indexOf(name) !== i)).toEqual([]);
  const exported = [...templatesByName(MOVED).values()].flatMap(({ Outputs = {} }) =>
    Object.values(Outputs).flatMap(({ Export }) =>
      Export === undefined ? [] : [JSON.stringify(Export.Name)],
    ),
  );
  expect(exported).toContain('"keywright-usage-consumer-arn"');
  expect(exported.filter((name, i) => exported.indexOf(name) !== i)).toEqual([]);
});

test('its publisher, and no other, links records that the copy of the audit log had without their links', () => {
  const told = (of: typeof stacks) =>
    [...of.values()]
      .flatMap((resources) => ofType('AWS::Lambda::Function', resources))
      .map(({ Properties }) => JSON.stringify(Properties))
      .filter((text) => text.includes('"KEYWRIGHT_AUDIT_TABLE_WAS_COPY":"true"'));
  expect(told(stacks)).toEqual([expect.stringContaining('KEYWRIGHT_SET_ASIDE_QUEUE')]);
  expect(told(before)).toEqual([]);
});

test('its publisher may read records for that, which it may not where no Region was lost', () => {
  const readable = (of: typeof stacks) =>
    [...of.values()]
      .flatMap((resources) => ofType('AWS::IAM::Policy', resources))
      .map(({ Properties }) => JSON.stringify(Properties))
      .filter((text) => text.includes('"CHAIN#*","tenant_*","-"'));
  expect(readable(stacks)).toHaveLength(1);
  expect(readable(before)).toEqual([]);
});

describe('the Region’s own stack stays', () => {
  const name = `KeywrightRegion-${HERE}`;
  const [was, is] = [BEFORE, MOVED].map((settings) => templatesByName(settings).get(name));

  test('with everything that other stacks import', () => {
    for (const [id, output] of Object.entries(was?.Outputs ?? {})) expect(is?.Outputs?.[id]).toEqual(output);
  });

  test('with its table, its verify and what counts, none of which is made anew', () => {
    const idsOf = (template: typeof was) =>
      Object.entries(template?.Resources ?? {}).map(([id, { Type }]) => `${Type} ${id}`);
    const gone = idsOf(was).filter((id) => !idsOf(is).includes(id));
    // The relay told of networks the Region that is lost; alarms are the control plane's now.
    expect(gone.filter((id) => !/ (SightingRelay|AlarmTopic|[A-Za-z]+[0-9A-F]{8}$)/.test(id))).toEqual([]);
    expect(gone.filter((id) => id.includes('SightingRelay')).length).toBeGreaterThan(0);
    expect(gone.filter((id) => /Table|Verify|Usage/.test(id) && !id.startsWith('AWS::CloudWatch'))).toEqual(
      [],
    );
    const table = (template: typeof was) =>
      Object.values(template?.Resources ?? {}).find(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable');
    expect(table(is)).toEqual(table(was));
  });

  test('its counts go to the table of this Region', () => {
    const consumer = ofType('AWS::Lambda::Function', ofStack(name)).find(({ Properties }) =>
      JSON.stringify(Properties.Environment).includes('usage-consumer'),
    );
    expect(JSON.stringify(consumer?.Properties.Environment)).toContain(`"KEYWRIGHT_MAIN_REGION":"${HERE}"`);
    expect(ofType('AWS::Lambda::Function', ofStack('KeywrightControl'))).not.toEqual([]);
    expect(
      JSON.stringify(ofStack('KeywrightControl').map(({ Properties }) => Properties.Environment)),
    ).not.toContain('"usage-consumer"');
    expect(ofStack(name, before).length).toBeGreaterThan(ofStack(name).length);
  });
});

test('the portals take none of CloudFront’s names, which are the account’s, from those that were lost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-moved-portal-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '');
  const portals = { brand: {}, developerDomain: null, adminDomain: null };
  const [was, is] = [BEFORE, MOVED].map((settings) =>
    portalNames({ ...settings, demo: false, portal: portals }, folder),
  );
  rmSync(folder, { recursive: true });
  expect(was).toHaveLength(5);
  expect(is).toHaveLength(5);
  expect(is?.filter((name) => was?.includes(name) || name.length > 128)).toEqual([]);
});

test('another Region that is left is a request plane of the new main one', () => {
  const third = { region: 'eu-west-3', keyArn: KEY.replace(HERE, 'eu-west-3'), sealed: true };
  const names = [...stacksWith({ ...MOVED, demo: false, regions: [HERE, third] }).keys()].sort();
  expect(names).toEqual([
    'KeywrightControl',
    'KeywrightData',
    `KeywrightRegion-${HERE}`,
    'KeywrightRegion-eu-west-3',
  ]);
});
