import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { configFromContext } from '../lib/config.ts';
import { preflight } from '../lib/preflight.ts';

/** What would go wrong in the account and Region of the shell's credentials; exit code 1 where a deployment would fail. */
const { context = {} } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'));
const config = configFromContext(context);
const region = config.region === null ? [] : ['--region', config.region];

async function askAws(service: string, operation: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)('aws', [service, operation, '--output', 'json', ...region]);
  return JSON.parse(stdout || '{}');
}

try {
  const findings = await preflight(config, askAws);
  for (const { stops, text } of findings) process.stdout.write(`${stops ? 'STOP' : 'NOTE'}  ${text}\n`);
  if (findings.length === 0) process.stdout.write('Nothing stands in the way.\n');
  if (findings.some(({ stops }) => stops)) process.exitCode = 1;
} catch (error) {
  const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
  const why =
    code === 'ENOENT' ? 'The command `aws` is not there; install AWS’s command line.' : stderr || message;
  process.stderr.write(`${why.trim()}\n`);
  process.exitCode = 1;
}
