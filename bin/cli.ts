import { Command, Option } from 'commander';
import { KeyFormat } from '../core/domain/keys/key-format.ts';
import { malformationOf, scannerPattern } from '../core/domain/keys/key-search.ts';
import { addAuditCommands } from './audit.ts';

const TYPE_NAMES = { pk: 'publishable', sk: 'secret', sub: 'subscription', ck: 'client' } as const;

/** Parses a key without a network and reports on it by the exit code: 0 for a key, 1 for none. */
function inspectKey(text: string, { vendor, json }: { vendor: string; json?: boolean }): void {
  const format = formatOf(vendor);
  const key = format.parse(text);
  if (key !== undefined) {
    const report = { valid: true, type: key.kind, environment: key.environment, id: key.id };
    print(
      json
        ? report
        : `type ${key.kind} (${TYPE_NAMES[key.kind]}), environment ${key.environment}, id ${key.id}`,
    );
    return;
  }
  const problem = malformationOf(text, format) ?? { reason: 'unknown', message: 'not a key' };
  process.exitCode = 1;
  if (json) print({ valid: false, reason: problem.reason, message: problem.message });
  else process.stderr.write(`not a key: ${problem.message}\n`);
}

/** What strangers must not see; publishable keys are meant to be seen. */
const SCANNED = ['sk', 'sub', 'ck'] as const;

/** Prints what scanners of secrets, such as GitHub's, have to know to find the operator's keys. */
function printPatterns({ vendor, json }: { vendor: string; json?: boolean }): void {
  const format = formatOf(vendor);
  const own = vendor === '' ? 'keywright' : vendor;
  const patterns = SCANNED.map((kind) => ({
    name: `${own}_${TYPE_NAMES[kind]}_key`,
    type: kind,
    keywords: [`${vendor === '' ? '' : `${vendor}_`}${kind}_`],
    regex: scannerPattern(kind, format),
  }));
  if (json) print({ patterns });
  else for (const { name, regex } of patterns) print(`${name}  ${regex}`);
}

function formatOf(vendor: string): KeyFormat {
  try {
    return new KeyFormat(vendor);
  } catch (error) {
    return program.error(`--vendor: ${error instanceof Error ? error.message : error}`, { exitCode: 2 });
  }
}

function print(report: object | string): void {
  process.stdout.write(`${typeof report === 'string' ? report : JSON.stringify(report)}\n`);
}

const program = new Command('keywright')
  .description('Issues, enforces and audits API keys in your own AWS account.')
  .showHelpAfterError()
  .exitOverride((exit) => process.exit(exit.exitCode === 0 ? 0 : 2));

const vendorOption = () =>
  new Option('--vendor <name>', "the operator's prefix, without its underscore")
    .default('')
    .env('KEYWRIGHT_VENDOR');
const keys = program.command('keys').description('work with API keys');

keys
  .command('inspect')
  .description('say, offline, whether a text is a key, and what its type, environment and id are')
  .argument('<key>', 'the whole key')
  .addOption(vendorOption())
  .option('--json', 'print one JSON object')
  .action(inspectKey);

keys
  .command('pattern')
  .description('print the regular expressions (RE2) by which scanners of secrets find keys')
  .addOption(vendorOption())
  .option('--json', 'print one JSON object, with keywords to look for first')
  .action(printPatterns);

addAuditCommands(program);

await program.parseAsync();
