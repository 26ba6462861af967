import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MiniStack } from './ministack.ts';

const run = promisify(execFile);
const { resolve } = createRequire(import.meta.url);

/** Outputs by stack and name. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * `cdk bootstrap` and `cdk deploy` of these stacks, as docs/operate/deploy.md has operators do it.
 * @param assembly folder of the synthesized app
 * @param stacks which of its stacks
 * @param folder where the command line may leave files
 * @throws Error with what it printed
 */
export async function deployWithCdk(
  assembly: string,
  stacks: readonly string[],
  folder: string,
  aws: MiniStack,
): Promise<StackOutputs> {
  const env = {
    ...aws.environment,
    PATH: process.env.PATH,
    HOME: folder,
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: '1',
  };
  const cdk = (...args: string[]) =>
    run(process.execPath, [resolve('aws-cdk/bin/cdk'), '--ci', '--no-notices', ...args], {
      cwd: folder,
      env,
    });
  const template = join(folder, 'bootstrap.yaml');
  writeFileSync(template, bootstrapTemplate());
  await cdk('bootstrap', `aws://${aws.accountId}/${aws.region}`, '--template', template);
  const outputs = join(folder, 'outputs.json');
  const options = ['--require-approval', 'never', '--method', 'direct', '--outputs-file', outputs];
  await cdk('deploy', ...stacks, '--app', assembly, ...options);
  return JSON.parse(readFileSync(outputs, 'utf8'));
}

/** The CDK's own, without the rule that its bucket be reached by TLS only: here all is plain HTTP. */
function bootstrapTemplate(): string {
  const template = readFileSync(resolve('aws-cdk/lib/api/bootstrap/bootstrap-template.yaml'), 'utf8');
  return template.replace(/^ {2}StagingBucketPolicy:\n(?: {4}.*\n)+/m, '');
}
