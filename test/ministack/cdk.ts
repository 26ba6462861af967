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

/** The CDK's command line, as docs/operate/deploy.md has operators use it. Each fails with what was printed. */
export class Cdk {
  readonly #aws: MiniStack;
  readonly #folder: string;

  /** @param folder where the command line may leave files */
  constructor(aws: MiniStack, folder: string) {
    this.#aws = aws;
    this.#folder = folder;
  }

  async bootstrap(): Promise<void> {
    const { accountId, region } = this.#aws;
    const template = join(this.#folder, 'bootstrap.yaml');
    writeFileSync(template, bootstrapTemplate());
    await this.#run('bootstrap', `aws://${accountId}/${region}`, '--template', template);
  }

  /**
   * @param assembly folder of the synthesized app
   * @param stacks which of its stacks
   */
  async deploy(assembly: string, stacks: readonly string[]): Promise<StackOutputs> {
    const outputs = join(this.#folder, 'outputs.json');
    const options = ['--exclusively', '--require-approval', 'never', '--method', 'direct'];
    await this.#run('deploy', ...stacks, '--app', assembly, ...options, '--outputs-file', outputs);
    return JSON.parse(readFileSync(outputs, 'utf8'));
  }

  async #run(...args: string[]): Promise<void> {
    const env = {
      ...this.#aws.environment,
      PATH: process.env.PATH,
      HOME: this.#folder,
      CDK_DISABLE_VERSION_CHECK: '1',
      CDK_DISABLE_CLI_TELEMETRY: '1',
    };
    const program = [resolve('aws-cdk/bin/cdk'), '--ci', '--no-notices'];
    await run(process.execPath, [...program, ...args], { cwd: this.#folder, env });
  }
}

/** The CDK's own, without the rule that its bucket be reached by TLS only: here all is plain HTTP. */
function bootstrapTemplate(): string {
  const template = readFileSync(resolve('aws-cdk/lib/api/bootstrap/bootstrap-template.yaml'), 'utf8');
  return template.replace(/^ {2}StagingBucketPolicy:\n(?: {4}.*\n)+/m, '');
}
