import { usage } from '../exit.ts';
import type { Run } from '../run.ts';
import { COMMON_OPTIONS, type Noun, type Verb } from '../verb.ts';

/** What may stand at the cursor, and what it is. */
type Candidate = readonly [word: string, about: string];
type Described = readonly (readonly [name: string, about: string])[];

const longOf = (flags: string): string => /--[\w-]+/.exec(flags)?.[0] ?? flags;
const optionsOf = (...verbs: readonly (Verb | undefined)[]): Described => [
  ...verbs.flatMap((verb) => verb?.options ?? []),
  ...COMMON_OPTIONS,
];
const wordsOf = (verb: Verb): readonly string[] => verb.name.split(' ').filter(Boolean);

/** Where what is said of a value names them all: `sandbox or live`. */
export function choicesOf(about: string): readonly string[] {
  const said = about.replace(/ \(required\)$/, '');
  return /^[\w-]+(?:, [\w-]+)*(?:, | or )[\w-]+$/.test(said) ? said.split(/, | or /) : [];
}

const choices = ([, about = '']: Partial<readonly [string, string]> = []): readonly Candidate[] =>
  choicesOf(about).map((word) => [word, '']);

/** The words that are no options and no values of options, and the option that waits for its value, if one does. */
function read(words: readonly string[], options: Described) {
  const valued = new Set(options.filter(([flags]) => flags.includes('<')).map(([flags]) => longOf(flags)));
  const plain: string[] = [];
  let waiting: string | undefined;
  for (const word of words) {
    if (waiting !== undefined) waiting = undefined;
    else if (word.startsWith('-')) waiting = valued.has(word) ? word : undefined;
    else plain.push(word);
  }
  return { plain, waiting };
}

/**
 * What may stand in place of the last of the words after `keywright`. Empty where that is anything, such as a file.
 * @param nouns all that there are
 */
export async function candidates(
  nouns: readonly Noun[],
  words: readonly string[],
): Promise<readonly Candidate[]> {
  const [before, current] = [words.slice(0, -1), words.at(-1) ?? ''];
  const [named] = read(before, COMMON_OPTIONS).plain;
  const noun = nouns.find(({ name }) => name === named);
  const verbs = ((await noun?.load()) ?? []).filter(({ isHidden }) => !isHidden);
  const { plain, waiting } = read(before, optionsOf(...verbs));
  const after = plain.slice(1);
  const of = verbs.filter((verb) => wordsOf(verb).every((word, i) => word === after[i]));
  // `client-key reveal` before `client-key`, where both are commands.
  const verb = of.sort((a, b) => wordsOf(b).length - wordsOf(a).length)[0];
  const all = (): readonly Candidate[] => {
    if (waiting !== undefined) return choices(optionsOf(verb).find(([flags]) => longOf(flags) === waiting));
    if (current.startsWith('-')) return optionsAt(verb, before);
    if (named === undefined) return nouns.map(({ name, about }) => [name, about]);
    return [...nextWords(verbs, after), ...argumentsAt(verb, after)];
  };
  return all().filter(([word]) => word.startsWith(current));
}

/** Once each. */
function optionsAt(verb: Verb | undefined, before: readonly string[]): readonly Candidate[] {
  return optionsOf(verb)
    .map(([flags, about]): Candidate => [longOf(flags), about])
    .filter(([option]) => !before.includes(option));
}

/** Of commands of several words, the next one: `apis client-key` → `reveal`. */
function nextWords(verbs: readonly Verb[], after: readonly string[]): readonly Candidate[] {
  const next = new Map<string, string>();
  for (const verb of verbs) {
    const words = wordsOf(verb);
    const word = words[after.length];
    if (word === undefined || !after.every((each, i) => each === words[i])) continue;
    next.set(word, words.length === after.length + 1 ? verb.about : '');
  }
  return [...next];
}

function argumentsAt(verb: Verb | undefined, after: readonly string[]): readonly Candidate[] {
  return verb === undefined ? [] : choices(verb.args?.[after.length - wordsOf(verb).length]);
}

/** Each asks `keywright completion words` what fits, and completes files where nothing does. */
const SCRIPTS = {
  bash: `# keywright completion for bash: eval "$(keywright completion bash)"
_keywright() {
  local IFS=$'\\n'
  COMPREPLY=($(keywright completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _keywright keywright
`,
  zsh: `#compdef keywright
# keywright completion for zsh, after compinit: eval "$(keywright completion zsh)"
_keywright() {
  local -a next
  local line
  for line in "\${(@f)$(keywright completion words -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && next+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#next )); then _describe keywright next; else _files; fi
}
compdef _keywright keywright
`,
  fish: `# keywright completion for fish: keywright completion fish | source
function __keywright_words
  set -l given (commandline -opc)
  set -l current (commandline -ct)
  set -l found (keywright completion words -- $given[2..] "$current" 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path $current
  end
end
complete -c keywright -f -a '(__keywright_words)'
`,
};

/** @param nouns all that there are */
export const completionVerbs = (nouns: readonly Noun[]): readonly Verb[] => [
  {
    name: '',
    about: 'print a script that completes commands',
    args: [
      [
        '<shell>',
        Object.keys(SCRIPTS)
          .join(', ')
          .replace(/, (\w+)$/, ' or $1'),
      ],
    ],
    run: async (run: Run) => {
      const shell = run.arg(0);
      if (!(shell in SCRIPTS))
        throw usage(
          `There is no completion for ${JSON.stringify(shell)}; there is one for bash, zsh and fish`,
        );
      process.stdout.write(SCRIPTS[shell as keyof typeof SCRIPTS]);
    },
  },
  {
    name: 'words',
    isHidden: true,
    about: 'print what may stand in place of the last word, for the scripts',
    args: [['[words...]', 'what is typed after keywright']],
    run: async (run: Run) => {
      const found = await candidates(nouns, [run.args[0] ?? ''].flat());
      process.stdout.write(found.map(([word, about]) => `${word}\t${about}\n`).join(''));
    },
  },
];
