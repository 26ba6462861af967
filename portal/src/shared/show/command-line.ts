/** What a shell takes as it is. */
const PLAIN = /^[\w@%+:,./-]+$/;

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A line of the `keywright` command.
 * @param words noun, verb and arguments
 * @param options by their names, without the dashes; undefined for those that are not given
 */
export function keywright(
  words: readonly string[],
  options: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, wordOf(value)],
  );
  return ['keywright', ...words.map(wordOf), ...given].join(' ');
}

/** The same with what is sent as its standard input. */
export function keywrightWith(words: readonly string[], body: object): string {
  return `${keywright(words, { file: '-' })} <<'END'\n${JSON.stringify(body, null, 2)}\nEND`;
}

function wordOf(text: string): string {
  return PLAIN.test(text) ? text : quoted(text);
}
