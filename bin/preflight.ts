import { readFileSync } from 'node:fs';
import { configFromContext } from '../lib/config.ts';
import { preflight } from '../lib/preflight.ts';
import { askAwsIn, whyNot } from './ask-aws.ts';

/** What would go wrong in the account and Region of the shell's credentials; exit code 1 where a deployment would fail. */
const { context = {} } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'));
const config = configFromContext(context);

try {
  const findings = await preflight(config, askAwsIn(config.region));
  for (const { stops, text } of findings) process.stdout.write(`${stops ? 'STOP' : 'NOTE'}  ${text}\n`);
  if (findings.length === 0) process.stdout.write('Nothing stands in the way.\n');
  if (findings.some(({ stops }) => stops)) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${whyNot(error)}\n`);
  process.exitCode = 1;
}
