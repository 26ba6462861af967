import { usage } from '../exit.ts';
import type { Run } from '../run.ts';
import type { Noun, Verb } from '../verb.ts';

/** What may follow `keywright`, word by word: `keys rotate` → its options. */
type Words = ReadonlyMap<string, readonly (readonly [word: string, about: string])[]>;

async function allWords(nouns: readonly Noun[]): Promise<Words> {
  const words = new Map<string, [string, string][]>();
  words.set(
    '',
    nouns.map(({ name, about }) => [name, about]),
  );
  for (const noun of nouns) {
    for (const verb of await noun.load()) {
      const path = [noun.name, ...verb.name.split(' ').filter(Boolean)];
      for (let depth = 1; depth < path.length; depth++) {
        const before = path.slice(0, depth).join(' ');
        const next = String(path[depth]);
        const known = words.get(before) ?? [];
        if (!known.some(([word]) => word === next)) words.set(before, [...known, [next, verb.about]]);
      }
      const options = (verb.options ?? []).map(([flags, about]): [string, string] => [longOf(flags), about]);
      words.set(path.join(' '), [...(words.get(path.join(' ')) ?? []), ...options]);
    }
  }
  return words;
}

const longOf = (flags: string) => /--[\w-]+/.exec(flags)?.[0] ?? flags;
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The words before the cursor that are no options name the place. */
function bash(words: Words): string {
  const cases = [...words].map(
    ([place, next]) => `    ${quoted(place)}) words=${quoted(next.map(([word]) => word).join(' '))} ;;`,
  );
  return `# keywright completion for bash: eval "$(keywright completion bash)"
_keywright() {
  local place='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) place="\${place:+$place }$word" ;; esac
  done
  while :; do
    case "$place" in
${cases.map((each) => `  ${each.replace(' ;;', '; break ;;')}`).join('\n')}
      *' '*) place="\${place% *}" ;;
      *) break ;;
    esac
  done
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _keywright keywright
`;
}

function zsh(words: Words): string {
  const cases = [...words].map(([place, next]) => {
    const entries = next.map(([word, about]) => quoted(`${word.replaceAll(':', '\\:')}:${about}`)).join(' ');
    return `      ${quoted(place)}) next=(${entries}); break ;;`;
  });
  return `#compdef keywright
# keywright completion for zsh: eval "$(keywright completion zsh)"
_keywright() {
  local place='' word
  local -a next
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $word == -* ]] || place="\${place:+$place }$word"
  done
  while :; do
    case $place in
${cases.join('\n')}
      *' '*) place="\${place% *}" ;;
      *) break ;;
    esac
  done
  if (( $#next )); then _describe keywright next; else _files; fi
}
compdef _keywright keywright
`;
}

function fish(words: Words): string {
  const lines = [...words].flatMap(([place, next]) =>
    next.map(([word, about]) => {
      const when = `__keywright_at ${quoted(place)}`;
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c keywright -n ${quoted(when)} ${what} -d ${quoted(about)}`;
    }),
  );
  return `# keywright completion for fish: keywright completion fish | source
function __keywright_at
  set -l given (commandline -opc)[2..]
  set -l place (string match -v -- '-*' $given)
  set -l wanted (string split -n ' ' -- $argv[1])
  test (count $wanted) -eq 0; and test (count $place) -eq 0; and return 0
  test (count $wanted) -gt 0; and test "$place[1..$(count $wanted)]" = "$argv[1]"
end
${lines.join('\n')}
`;
}

const SHELLS = { bash, zsh, fish };

/** @param nouns all that there are */
export const completionVerbs = (nouns: readonly Noun[]): readonly Verb[] => [
  {
    name: '',
    about: 'print a script that completes commands',
    args: [['<shell>', 'bash, zsh or fish']],
    run: async (run: Run) => {
      const shell = run.arg(0);
      if (!(shell in SHELLS))
        throw usage(
          `There is no completion for ${JSON.stringify(shell)}; there is one for bash, zsh and fish`,
        );
      process.stdout.write(SHELLS[shell as keyof typeof SHELLS](await allWords(nouns)));
    },
  },
];
