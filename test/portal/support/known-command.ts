import { NOUNS } from '../../../bin/command/nouns.ts';
import { COMMON_OPTIONS } from '../../../bin/command/verb.ts';

/** What of lines of the `keywright` command it does not know: nouns, verbs, arguments and options. */
export async function unknownIn(text: string): Promise<string[]> {
  const lines = text.split('\n').filter((line) => line.startsWith('keywright '));
  return lines.length === 0 ? [text] : (await Promise.all(lines.map(unknownInLine))).flat();
}

async function unknownInLine(line: string): Promise<string[]> {
  const words = line.replace(/ <<'END'$/, '').match(/(?:'[^']*'|\\'|[^\s'\\])+/g) ?? [];
  const verbs = await NOUNS.find(({ name }) => name === words[1])?.load();
  const first = words.findIndex((word) => word.startsWith('--'));
  const [said, options] = first < 0 ? [words.slice(2), []] : [words.slice(2, first), words.slice(first)];
  const verb = verbs?.find(({ name }) => `${said.join(' ')} `.startsWith(`${name} `));
  if (verb === undefined) return [line];
  const given = said.length - verb.name.split(' ').length;
  const needed = (verb.args ?? []).filter(([name]) => name.startsWith('<')).length;
  const known = [...COMMON_OPTIONS, ...(verb.options ?? [])].map(([flags]) => flags.split(' ')[0]);
  const names = options.filter((_, at) => at % 2 === 0);
  return [
    ...(given < needed || given > (verb.args ?? []).length ? [`arguments of ${line}`] : []),
    ...names.filter((name) => !known.includes(name)),
  ];
}
