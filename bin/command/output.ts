import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { usage } from './exit.ts';
import { type Cell, type Column, cellOf, field } from './format.ts';

export interface OutputOptions {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly quiet?: boolean;
  readonly columns?: string;
}

type Style = Parameters<typeof styleText>[0];

/** What states look like, beside their word. */
const STATE_STYLES: Readonly<Record<string, Style>> = {
  active: 'green',
  approved: 'green',
  disabled: 'yellow',
  suspended: 'yellow',
  pending: 'yellow',
  revoked: 'red',
  expired: 'red',
  cancelled: 'red',
  rejected: 'red',
  failed: 'red',
};

/**
 * Standard output: a table on a terminal, lines with tabs in a pipe, JSON where asked for. Progress and
 * warnings go to standard error.
 */
export class Output {
  readonly isTerminal: boolean;
  readonly options: OutputOptions;
  readonly #colours: boolean;

  constructor(options: OutputOptions, isTerminal = process.stdout.isTTY === true) {
    this.options = options;
    this.isTerminal = isTerminal;
    this.#colours = isTerminal && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  }

  get isJson(): boolean {
    return this.options.json === true || this.options.jsonl === true;
  }

  style(style: Style, text: string): string {
    return this.#colours ? styleText(style, text, { validateStream: false }) : text;
  }

  line(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  /** For people; not in the way of what scripts read. */
  note(text: string): void {
    process.stderr.write(`${printableLines(text)}\n`);
  }

  warn(text: string): void {
    this.note(`warning: ${text}`);
  }

  /** A finished change, with a tick. */
  done(text: string): void {
    if (this.isTerminal) this.line(`${this.style('green', '✔')} ${printable(text)}`);
    else this.note(text);
  }

  /** One item, as the API shows it. @param id printed alone with `--quiet` */
  item(item: object, id: string, fields?: readonly Column<never>[]): void {
    if (this.options.quiet) this.line(id);
    else if (this.isJson) this.line(JSON.stringify(item, null, this.options.jsonl ? 0 : 2));
    else this.#fields(item, fields);
  }

  #fields(item: object, fields: readonly Column<never>[] | undefined): void {
    const all = fields as readonly Column<object>[] | undefined;
    const rows = all?.map(({ name, of }) => [name, of(item)] as const) ?? entriesOf(item);
    const known = new Map([...entriesOf(item), ...rows]);
    const wanted = this.#wanted ?? rows.map(([name]) => name);
    const unknown = wanted.find((name) => !known.has(name));
    if (unknown !== undefined) throw noColumn(unknown, [...known.keys()]);
    const shown = wanted.map((name) => [name, known.get(name)] as const);
    const width = Math.max(...shown.map(([name]) => name.length));
    for (const [name, value] of shown) {
      const text = this.#cell(name, value);
      this.line(this.isTerminal ? `${this.style('dim', name.padEnd(width))}  ${text}` : `${name}\t${text}`);
    }
  }

  /** A list. Items are printed as they come, but for tables, which need them all, and JSON's arrays. */
  async list<Item extends object>(
    items: AsyncIterable<Item> | Iterable<Item>,
    columns: readonly Column<Item>[],
    idOf: (item: Item) => string,
    nothing = 'Nothing found.',
  ): Promise<void> {
    const shown = this.#columnsOf(columns);
    const unseen = new Set(shown.filter((column) => !columns.includes(column)).map(({ name }) => name));
    const { quiet, jsonl } = this.options;
    const all: Item[] = [];
    let last: Item | undefined;
    for await (const item of items) {
      last = item;
      for (const name of unseen) if (name in item) unseen.delete(name);
      if (quiet) this.line(printable(idOf(item)));
      else if (jsonl) this.line(JSON.stringify(item));
      else if (!this.isTerminal && !this.isJson)
        this.line(shown.map(({ name, of }) => this.#cell(name, of(item))).join('\t'));
      else all.push(item);
    }
    if (quiet || jsonl) return;
    if (this.options.json) return this.line(JSON.stringify(all, null, 2));
    const [unknown] = unseen;
    // A field may be one that only some items have.
    if (unknown !== undefined && last !== undefined)
      throw noColumn(unknown, [...columns.map(({ name }) => name), ...Object.keys(last)]);
    if (this.isTerminal) this.line(all.length === 0 ? this.style('dim', nothing) : this.#table(all, shown));
  }

  #table<Item>(items: readonly Item[], columns: readonly Column<Item>[]): string {
    const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' };
    const sides = {
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      right: '',
    };
    const middles = { 'left-mid': '', mid: '', 'mid-mid': '', 'right-mid': '', middle: '  ' };
    const table = new Table({
      head: columns.map(({ name }) => this.style('bold', name)),
      colAligns: columns.map(({ align }) => align ?? 'left'),
      chars: { ...none, ...sides, ...middles },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    });
    for (const item of items) table.push(columns.map(({ name, of }) => this.#cell(name, of(item))));
    return table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n');
  }

  #cell(name: string, value: Cell): string {
    if (value === null || value === undefined || value === '') return this.isTerminal ? '–' : '';
    const text = printable(typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value));
    const style = name === 'status' || name === 'state' ? STATE_STYLES[text] : undefined;
    if (style !== undefined) return this.style(style, text);
    return name === 'environment' && text === 'live' ? this.style('bold', text) : text;
  }

  get #wanted(): readonly string[] | undefined {
    return this.options.columns?.split(',').map((name) => name.trim());
  }

  /** Those that were asked for; what is none of ours may be a field of the API's. */
  #columnsOf<Item extends object>(columns: readonly Column<Item>[]): readonly Column<Item>[] {
    return (
      this.#wanted?.map(
        (name) => columns.find((column) => column.name === name) ?? field(name as keyof Item & string),
      ) ?? columns
    );
  }
}

/** Names may hold what a terminal would act on, or a pipe would take for the next column. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\uFFFD');
}

export function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(printable).join('\t'))
    .join('\n');
}

function noColumn(name: string, known: readonly string[]): Error {
  const names = [...new Set(known)].join(', ');
  return usage(`--columns: there is no ${JSON.stringify(name)}; there are ${names}`);
}

function entriesOf(item: object): [string, Cell][] {
  return Object.entries(item).map(([name, value]) => [name, cellOf(value)]);
}

/** A file that only its owner reads, made before anything is asked for that goes into it; gone if nothing came. */
export function privateFile(path: string): { write(text: string): void } {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    const exists = (error as { code?: string }).code === 'EEXIST';
    throw usage(exists ? `${path} exists; name a new file` : `${path} can't be written: ${String(error)}`);
  }
  const remove = () => rmSync(path, { force: true });
  process.once('exit', remove);
  return {
    write(text) {
      process.removeListener('exit', remove);
      writeSync(file, text);
      closeSync(file);
    },
  };
}
