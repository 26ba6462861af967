import { Argument, Command, Option } from 'commander';
import { EXIT, exitCodesPage, exitOf, usage } from './command/exit.ts';
import { nearest } from './command/format.ts';
import { NOUNS } from './command/nouns.ts';
import { COMMON_OPTIONS, type Noun, type Verb } from './command/verb.ts';
import { NUMBERS, placeholderOf, wholeNumber } from './command/whole-number.ts';

const ENVIRONMENT: Readonly<Record<string, string>> = {
  '--profile <name>': 'KEYWRIGHT_PROFILE',
  '--url <url>': 'KEYWRIGHT_URL',
  '--token <token>': 'KEYWRIGHT_TOKEN',
  '--vendor <name>': 'KEYWRIGHT_VENDOR',
  '--client-key <key>': 'KEYWRIGHT_CLIENT_KEY',
  '--access-token <token>': 'KEYWRIGHT_ACCESS_TOKEN',
};

/** Options whose value is a secret. */
const SECRETS = ['--token <token>', '--client-key <key>', '--access-token <token>'];

function optionOf([flags, about]: readonly [string, string]): Option {
  const option = new Option(flags, about);
  const variable = ENVIRONMENT[flags];
  // An empty variable is none.
  if (variable !== undefined && process.env[variable]) option.env(variable);
  const placeholder = placeholderOf(flags);
  const range = NUMBERS[placeholder];
  if (range !== undefined) option.argParser((text) => wholeNumber(`${option.long}`, text, range));
  if (placeholder.includes('|')) option.choices(placeholder.slice(1, -1).split('|'));
  return about.endsWith('(required)') ? option.makeOptionMandatory() : option;
}

function addVerb(parent: Command, verb: Verb): void {
  let command = parent;
  for (const word of verb.name.split(' ').filter(Boolean))
    command =
      command.commands.find((each) => each.name() === word) ??
      command.command(word, { hidden: verb.isHidden ?? false });
  command.description(verb.about);
  for (const [name, about] of verb.args ?? []) command.addArgument(new Argument(name, about));
  for (const option of verb.options ?? []) command.addOption(optionOf(option));
  command.optionsGroup('Common options:');
  for (const option of COMMON_OPTIONS) command.addOption(optionOf(option));
  command.action(async (...given: unknown[]) => {
    const { Run } = await import('./command/run.ts');
    const args = given.slice(0, (verb.args ?? []).length) as (string | undefined)[];
    const run = new Run(args, command.opts());
    for (const { flags, long } of secretsGiven(command))
      run.out.warn(
        `${long}: an argument stays in your shell’s history and in the list of processes; give it in ${ENVIRONMENT[flags]}`,
      );
    await verb.run(run);
  });
}

/** Those that stand on the command line, where others can read them. */
function secretsGiven(command: Command): readonly Option[] {
  return command.options.filter(
    (option) =>
      SECRETS.includes(option.flags) && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
}

function nounCommand({ name, about }: Noun): Command {
  // Nothing is shown as the usage of a command that was not loaded.
  return new Command(name).description(about);
}

/** Ends as scripts expect it, whatever went wrong. */
function end(error: unknown): never {
  const { code, message } = exitOf(error);
  // What an API answered may hold anything.
  if (message !== '') process.stderr.write(`${message.replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD')}\n`);
  process.exit(code);
}

function unknown(what: string, word: string, words: readonly string[]): never {
  const near = nearest(word, words);
  const meant = near === undefined ? `There are ${words.join(', ')}.` : `Did you mean ${near}?`;
  end(usage(`keywright: there is no ${what} ${JSON.stringify(word)}. ${meant}`));
}

/**
 * What every command takes may stand anywhere: commander wants it behind the command's words.
 * @returns the command's words and arguments, then those options, then the rest as it is
 */
function commonOptionsLast(words: readonly string[]): string[] {
  const plain: string[] = [];
  const options: string[] = [];
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    const [name] = word.split('=', 1);
    const common = COMMON_OPTIONS.find(([flags]) => flags.split(' ')[0] === name);
    if (common === undefined && word.startsWith('-')) break;
    (common === undefined ? plain : options).push(word);
    if (common?.[0].includes('<') && !word.includes('=')) options.push(...words.slice(++at, at + 1));
  }
  return [...plain, ...options, ...words.slice(at)];
}

async function programFor(words: readonly string[]): Promise<Command> {
  const program = new Command('keywright')
    .description('Issues, enforces and audits API keys in your own AWS account.')
    .version(await version())
    .helpCommand(false)
    .showHelpAfterError('Add --help to see what there is.')
    .addHelpText(
      'after',
      '\nkeywright <command> --help tells more; keywright --help exit-codes tells what scripts can go by.',
    )
    .exitOverride((exit) => process.exit(exit.exitCode === 0 ? EXIT.done : EXIT.usage));
  const named = words.find((word) => !word.startsWith('-'));
  if (named !== undefined && !NOUNS.some(({ name }) => name === named))
    unknown(
      'command',
      named,
      NOUNS.map(({ name }) => name),
    );
  for (const noun of NOUNS) {
    const command = nounCommand(noun).copyInheritedSettings(program);
    if (noun.name === named) {
      const verbs = await noun.load();
      for (const verb of verbs) addVerb(command, verb);
      checkVerb(noun, verbs, words);
    }
    program.addCommand(command);
  }
  return program;
}

function checkVerb({ name }: Noun, verbs: readonly Verb[], words: readonly string[]): void {
  const [, word] = words.filter((each) => !each.startsWith('-'));
  const names = [...new Set(verbs.map((verb) => verb.name.split(' ')[0] ?? ''))];
  if (
    word !== undefined &&
    words[words.indexOf(name) + 1] === word &&
    !names.includes('') &&
    // Commander's own.
    word !== 'help' &&
    !names.includes(word)
  )
    unknown(
      'command',
      `${name} ${word}`,
      names.map((each) => `${name} ${each}`),
    );
}

/** Of the package; nothing is known of it in the repository, whose packages have one version. */
async function version(): Promise<string> {
  const { default: manifest } = await import('./package.json', { with: { type: 'json' } });
  return manifest.version;
}

const words = commonOptionsLast(process.argv.slice(2));
process.on('SIGPIPE', () => process.exit(EXIT.done));
process.stdout.on('error', (error: Error & { code?: string }) => {
  // Whoever reads has seen enough.
  if (error.code === 'EPIPE') process.exit(EXIT.done);
});
// Nobody listens to progress any more.
process.stderr.on('error', () => undefined);
if (words.includes('exit-codes') && (words[0] === '--help' || words[0] === 'help')) {
  process.stdout.write(exitCodesPage());
} else {
  const asked = words[0] === 'help' ? [...words.slice(1), '--help'] : words;
  const program = await programFor(asked);
  if (asked.length === 0) program.help();
  // What listens for Ctrl-C itself ends with a summary.
  process.on('SIGINT', () => process.listenerCount('SIGINT') === 1 && process.exit(EXIT.interrupted));
  await program.parseAsync(asked, { from: 'user' }).catch(end);
}
