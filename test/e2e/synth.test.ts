import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'keywright-synth-'));
const run = promisify(execFile);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** `npx cdk synth` as on a machine that has never heard of AWS. */
async function cdkSynth(outdir: string, ...more: string[]): Promise<{ failed: boolean; said: string }> {
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: join(scratch, 'home'), CI: '1' };
  env.CDK_DISABLE_CLI_TELEMETRY = 'true';
  const args = ['cdk', 'synth', '--quiet', '--no-notices', '--output', join(scratch, outdir), ...more];
  try {
    const { stdout, stderr } = await run('npx', args, { cwd: ROOT, env });
    return { failed: false, said: stdout + stderr };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { failed: true, said: stdout + stderr };
  }
}

/** Everything that adds resources. */
const OPTIONS = [
  'keywright.demo=true',
  'keywright.gradualDeployments=true',
  'keywright.portal={"developerDomain":"d.example.com","adminDomain":"a.example.com","certificateArn":"arn:aws:acm:us-east-1:111122223333:certificate/0a1b"}',
  'keywright.reservedConcurrency={"brake":2}',
  'keywright.domain={"name":"keys.example.com","certificateArn":"arn:aws:acm:eu-central-1:111122223333:certificate/0a1b"}',
].flatMap((option) => ['-c', option]);
const REGIONS =
  'keywright.regions=["eu-central-1",{"region":"eu-west-1","keyArn":"arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f"}]';
const ARCHIVE = 'keywright.auditArchive={"mode":"governance","retentionDays":365}';

test('cdk synth needs no account and no credentials, and cdk-nag finds nothing', async () => {
  const { failed, said } = await cdkSynth('out', ...OPTIONS, '-c', ARCHIVE, '-c', REGIONS);
  expect(said).not.toMatch(/error|warning/i);
  expect(failed).toBe(false);

  const files = readdirSync(join(scratch, 'out'));
  const templates = files.filter((name) => name.endsWith('.template.json')).sort();
  expect(templates).toEqual([
    'KeywrightControl.template.json',
    'KeywrightData.template.json',
    'KeywrightDemo-eu-west-1.template.json',
    'KeywrightDemo.template.json',
    'KeywrightPortal.template.json',
    'KeywrightRegion-eu-west-1.template.json',
  ]);
  const reports = files.filter((name) => name.endsWith('NagReport.csv'));
  expect(reports).toHaveLength(6);
  for (const report of reports) {
    const findings = readFileSync(join(scratch, 'out', report), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter((line) => line.includes('"Non-Compliant"'))).toEqual([]);
  }
}, 120_000);

test('a wrong configuration stops synth with one sentence', async () => {
  const { failed, said } = await cdkSynth('wrong', '-c', 'keywright.cacheSeconds=9');
  expect(failed).toBe(true);
  expect(said).toContain('keywright.cacheSeconds is 9; expected a whole number from 0 to 4.');
  expect(said).not.toMatch(/\n\s+at /);
}, 120_000);
