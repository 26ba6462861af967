import { parseArgs } from 'node:util';
import { fence, unfenceable } from '../lib/fence.ts';
import { askAwsIn, whyNot } from './ask-aws.ts';

/**
 * `npm run fence -- eu-central-1` keeps the control plane of a Region that was lost from writing when it comes back;
 * `--lift` takes that back. Exit code 1 where a role could not be changed: run it again.
 */
const { values, positionals } = parseArgs({
  options: { lift: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [region = ''] = positionals;
const refusal = unfenceable(region);
const WORDS = { done: values.lift ? 'lifted  ' : 'denied  ', 'was so': 'was so  ', failed: 'FAILED  ' };

try {
  if (refusal !== undefined) throw new Error(refusal);
  const counts = { done: 0, 'was so': 0, failed: 0 };
  for await (const { role, state, why } of fence(region, askAwsIn(null), values.lift)) {
    counts[state] += 1;
    process.stdout.write(`${WORDS[state]}${role}${why === undefined ? '' : `: ${why}`}\n`);
  }
  const count = counts.done + counts['was so'];
  const end = values.lift ? `may write tables in ${region} again` : `can’t write tables in ${region}`;
  process.stdout.write(`${count} roles ${end}; ${counts.failed} could not be changed.\n`);
  if (counts.failed > 0 || count === 0) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${whyNot(error)}\n`);
  process.exitCode = 1;
}
