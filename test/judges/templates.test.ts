import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { keywrightApp } from '../../lib/app.ts';
import { parseConfig } from '../../lib/config.ts';
import { ACCEPTED_FINDINGS } from './accepted-findings.ts';

interface Finding {
  readonly rule: string;
  readonly template: string;
  readonly resource: string;
  readonly says: string;
}

const REPLICA_KEY = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef';
const CERTIFICATE = 'arn:aws:acm:eu-central-1:111122223333:certificate/0123';

/** Between them they have every resource that there can be. */
const CONFIGURATIONS = {
  'as it comes': {},
  'every option': {
    demo: true,
    alarmEmails: ['ops@example.com'],
    allowedOrigins: ['https://portal.example.com'],
    domain: { name: 'keys.example.com', certificateArn: CERTIFICATE },
    acceptImportedKeys: true,
    portal: {
      developerDomain: 'developers.example.com',
      adminDomain: 'admins.example.com',
      certificateArn: CERTIFICATE.replace('eu-central-1', 'us-east-1'),
    },
    auditArchive: { mode: 'governance', retentionDays: 365 },
    usageFiles: { freshnessMinutes: 1, keepDays: 30 },
    auditRetentionDays: 400,
    gradualDeployments: true,
    reservedConcurrency: { publisher: 2, usage: 2, verify: 10, brake: 2 },
    usagePlans: { sandbox: ['abc123'], live: ['def456'] },
    regions: ['eu-central-1', { region: 'eu-west-1', keyArn: REPLICA_KEY, sealed: true }],
  },
  'another issuer, nothing protected': {
    identity: { kind: 'oidc', issuer: 'https://login.example.com', audience: 'keywright' },
    webAcl: false,
    deletionProtection: false,
  },
};

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function templatesIn(configuration: object): readonly string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'keywright-linters-'));
  folders.push(outdir);
  const folder = join(outdir, 'built');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  const { stacks } = keywrightApp(parseConfig(configuration), { outdir, portal: { folder } }).synth();
  return stacks.map(({ templateFullPath }) => templateFullPath);
}

/** What a linter prints, whether or not it found something. */
async function printed(command: string, args: readonly string[]): Promise<string> {
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const run = promisify(execFile)(command, args, options);
  const { stdout } = await run.catch((error) => {
    if (typeof error.code !== 'number') throw error;
    return error as { stdout: string };
  });
  if (stdout.trim() === '') throw new Error(`${command} printed nothing`);
  return stdout;
}

async function cfnLint(templates: readonly string[]): Promise<readonly Finding[]> {
  const text = await printed('cfn-lint', [
    '--format',
    'json',
    '--regions',
    'eu-central-1',
    '--',
    ...templates,
  ]);
  const found = JSON.parse(text) as {
    Rule: { Id: string };
    Message: string;
    Filename: string;
    Location: { Path: (string | number)[] | null };
  }[];
  return found.map(({ Rule, Message, Filename, Location }) => ({
    rule: Rule.Id,
    template: basename(Filename),
    resource: String(Location.Path?.[1]),
    says: Message,
  }));
}

async function checkov(templates: readonly string[]): Promise<readonly Finding[]> {
  const files = templates.flatMap((path) => ['--file', path]);
  const text = await printed('checkov', [
    ...['--framework', 'cloudformation', '--output', 'json', '--quiet', '--compact'],
    ...['--skip-download', ...files],
  ]);
  const { results } = JSON.parse(text) as {
    results: {
      failed_checks: { check_id: string; check_name: string; file_path: string; resource: string }[];
    };
  };
  return results.failed_checks.map(({ check_id, check_name, file_path, resource }) => ({
    rule: check_id,
    template: basename(file_path),
    resource: resource.split('.').at(-1) ?? '',
    says: check_name,
  }));
}

const isAccepted = ({ rule, resource }: Finding) =>
  ACCEPTED_FINDINGS.some(
    (accepted) => accepted.rule === rule && (accepted.resources?.test(resource) ?? true),
  );

const seen: Finding[] = [];

describe.each(Object.entries(CONFIGURATIONS))('the templates of %s', (_, configuration) => {
  const templates = templatesIn(configuration);

  test.each([
    ['cfn-lint', cfnLint],
    ['checkov', checkov],
  ] as const)('%s finds nothing but what is accepted with a reason', async (_name, lint) => {
    const findings = await lint(templates);
    seen.push(...findings);
    expect(findings.filter((finding) => !isAccepted(finding))).toEqual([]);
  });
});

test('a fault that is planted is found by both', async () => {
  const [path = ''] = templatesIn({});
  const template = readFileSync(path, 'utf8').replace('"PAY_PER_REQUEST"', '"PAY_PER_REQUESTS"');
  writeFileSync(path, template.replaceAll('"EnableKeyRotation": true', '"EnableKeyRotation": false'));
  const found = [...(await cfnLint([path])), ...(await checkov([path]))];
  const rules = found.filter((finding) => !isAccepted(finding)).map(({ rule }) => rule);
  expect(rules).toEqual(expect.arrayContaining([expect.stringMatching(/^E/), 'CKV_AWS_7']));
});

test('nothing is accepted that no template has', () => {
  const unseen = ACCEPTED_FINDINGS.filter(
    ({ rule, resources }) =>
      !seen.some((finding) => finding.rule === rule && (resources?.test(finding.resource) ?? true)),
  );
  expect(unseen.map(({ rule }) => rule)).toEqual([]);
});
