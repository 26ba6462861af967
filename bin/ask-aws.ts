import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AskAws } from '../lib/ask-aws.ts';

/** All roles of an account are more than what a call's output is expected to be. */
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024;

/** Asks by AWS's command line, in a Region where one is given. */
export function askAwsIn(region: string | null): AskAws {
  return async (service, operation, ...options) => {
    const where = region === null ? [] : ['--region', region];
    const words = [service, operation, ...options, '--output', 'json', ...where];
    const { stdout } = await promisify(execFile)('aws', words, { maxBuffer: LARGEST_ANSWER_BYTES });
    return JSON.parse(stdout || '{}');
  };
}

/** Why it could not be asked. */
export function whyNot(error: unknown): string {
  const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
  if (code === 'ENOENT') return 'The command `aws` is not there; install AWS’s command line.';
  return (stderr || message).trim();
}
