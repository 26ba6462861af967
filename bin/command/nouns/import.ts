import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  fchmodSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { paths } from '../../../client/keywright-client.ts';
import { EXIT, Exit, usage } from '../exit.ts';
import { count, countOf } from '../format.ts';
import type { Run } from '../run.ts';
import type { Kind, Row } from './import-check.ts';

/** What a request may hold: rows, and bytes with room for what is around them. */
const MOST_ROWS = 10_000;
const MOST_BYTES = 4 * 1024 * 1024;
const COUNTED = ['created', 'exists', 'invalid'] as const;

export type Counts = Record<(typeof COUNTED)[number], number>;

/** How far an import has come: what was answered of the first `rows` rows, and how long the list of rejected is. */
interface Journal {
  readonly sha256: string;
  readonly kind: Kind;
  readonly tenantId: string;
  readonly rows: number;
  readonly counts: Counts;
  readonly rejectedBytes: number;
}

type ImportRoute = paths['/v1/tenants/{tenantId}/keys/import']['post'];
type Result = ImportRoute['responses'][200]['content']['application/json']['results'][number];

export const importKeys = (run: Run) => importRows(run, 'keys');
export const importSubscriptions = (run: Run) => importRows(run, 'subscriptions');

/**
 * Sends a file's rows in batches, and writes down after each how far it has come: stopped at any moment, the
 * same command goes on from there. A batch that was sent and not written down is sent again, and its rows
 * exist by then: nothing is imported twice.
 */
async function importRows(run: Run, kind: Kind): Promise<void> {
  const path = run.arg(0);
  const format = formatOf(path, run.options.format);
  if (path !== '-' && !existsSync(path)) throw usage(`${path} is not there`);
  const rows = rowsOf(path, format);
  if (run.options.dryRun) return (await import('./import-check.ts')).checkRows(run, kind, rows);
  const tenantId = await run.tenant();
  const whole = path === '-' ? undefined : await measured(path, format);
  const journal = whole && new JournalFile(`${path}.journal`, { sha256: whole.sha256, kind, tenantId });
  const rejected =
    path === '-'
      ? Rejected.ofInput()
      : new Rejected(`${path}.rejected.jsonl`, journal?.state.rejectedBytes ?? 0);
  const counts: Counts = { ...(journal?.state.counts ?? { created: 0, exists: 0, invalid: 0 }) };
  const before = journal?.state.rows ?? 0;
  if (before > 0) run.out.note(`Goes on after row ${count(before)}, as ${path}.journal says.`);
  const progress = new Progress(run, before, whole?.rows);
  let done = 0;
  for await (const batch of batches(rows, run.options.batch ?? MOST_ROWS)) {
    done += batch.length;
    if (done <= before) continue;
    const fresh = batch.slice(Math.max(0, before - (done - batch.length)));
    for (const { row, result } of await sent(run, kind, tenantId, fresh)) {
      if (result.result !== 'pending') counts[result.result] += 1;
      if (result.result === 'invalid')
        rejected.add({ ...row, error: [result.param, result.message].filter(Boolean).join(': ') });
    }
    journal?.write({ rows: done, counts: { ...counts }, rejectedBytes: rejected.bytes });
    progress.show(done, counts);
  }
  progress.end();
  journal?.remove();
  ended(run, counts, rejected);
}

function ended(run: Run, counts: Counts, rejected: Rejected): void {
  if (run.out.isJson)
    run.out.line(JSON.stringify({ ...counts, rejected: counts.invalid > 0 ? rejected.path : null }));
  else if (run.out.isTerminal)
    run.out.done(
      `${count(counts.created)} created, ${count(counts.exists)} were there, ${count(counts.invalid)} rejected.`,
    );
  else run.out.line(COUNTED.map((name) => `${name}\t${counts[name]}`).join('\n'));
  if (counts.invalid > 0)
    throw new Exit(
      EXIT.partial,
      `${countOf(counts.invalid, 'row')} not imported: ${rejected.path} has what was rejected, and what is wrong`,
    );
}

/** Sends rows until none is pending. */
async function sent(run: Run, kind: Kind, tenantId: string, rows: readonly Row[]) {
  const results = new Map<Row, Result>();
  let left = rows;
  while (left.length > 0) {
    const asked = { params: { path: { tenantId } }, body: { rows: [...left] } };
    const { data } =
      kind === 'keys'
        ? await run.api.POST('/v1/tenants/{tenantId}/keys/import', asked)
        : await run.api.POST('/v1/tenants/{tenantId}/subscriptions/import', asked);
    for (const result of data.results) results.set(left[result.row] as Row, result);
    left = left.filter((row) => results.get(row)?.result === 'pending');
  }
  return rows.map((row) => ({ row, result: results.get(row) as Result }));
}

async function* batches(rows: AsyncIterable<Row>, mostRows: number): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  let bytes = 0;
  for await (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (batch.length === mostRows || (batch.length > 0 && bytes + size > MOST_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Journals are written whole and then put in place: what is read is never half of one. */
class JournalFile {
  readonly #path: string;
  state: Journal;

  /** @throws Exit where there is one of another file, kind or tenant */
  constructor(path: string, import_: Pick<Journal, 'sha256' | 'kind' | 'tenantId'>) {
    this.#path = path;
    this.state = { ...import_, rows: 0, counts: { created: 0, exists: 0, invalid: 0 }, rejectedBytes: 0 };
    if (!existsSync(path)) return;
    const found = JSON.parse(readFileSync(path, 'utf8')) as Journal;
    const isSame =
      found.sha256 === import_.sha256 && found.kind === import_.kind && found.tenantId === import_.tenantId;
    if (!isSame)
      throw usage(
        `${path} is of an import of another file, or into another tenant: finish that, or remove the journal`,
      );
    this.state = found;
  }

  write(progress: Pick<Journal, 'rows' | 'counts' | 'rejectedBytes'>): void {
    this.state = { ...this.state, ...progress };
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.state), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/** Rows with what is wrong with them; they hold keys, so the file is for its owner alone. */
class Rejected {
  readonly path: string;
  bytes: number;
  #file: number | undefined;

  /** @param bytes what of an earlier run's list was written down; the rest comes again */
  constructor(path: string, bytes: number) {
    this.path = path;
    this.bytes = bytes;
    if (existsSync(path)) truncateSync(path, bytes);
  }

  /**
   * The list of what comes by standard input.
   * @throws Exit where there is one already: it may be what is being read, and is nobody's to lose
   */
  static ofInput(): Rejected {
    const path = 'rejected.jsonl';
    if (existsSync(path))
      throw usage(`${path} exists, and what is rejected now would take its place: name it otherwise first`);
    return new Rejected(path, 0);
  }

  add(row: Row): void {
    this.#file ??= openedForOwner(this.path);
    this.bytes += writeSync(this.#file, `${JSON.stringify(row)}\n`);
  }
}

function openedForOwner(path: string): number {
  const file = openSync(path, 'a', 0o600);
  // One that was there has the mode that it had.
  fchmodSync(file, 0o600);
  return file;
}

/** `import 41,200/100,000  created 41,010  exists 180  invalid 10  1,900/s  ETA 31 s`. */
export function progressLine(
  done: number,
  all: number | undefined,
  counts: Counts,
  rowsPerSecond: number,
): string {
  const parts = COUNTED.map((name) => `${name} ${count(counts[name])}`);
  const of = all === undefined ? '' : `/${count(all)}`;
  const left =
    all === undefined || rowsPerSecond === 0 ? [] : [`ETA ${Math.ceil((all - done) / rowsPerSecond)} s`];
  return [`import ${count(done)}${of}`, ...parts, `${count(rowsPerSecond)}/s`, ...left].join('  ');
}

class Progress {
  readonly #run: Run;
  readonly #before: number;
  readonly #all: number | undefined;
  readonly #started = performance.now();

  constructor(run: Run, before: number, all: number | undefined) {
    this.#run = run;
    this.#before = before;
    this.#all = all;
  }

  show(done: number, counts: Counts): void {
    if (this.#run.options.quiet) return;
    const seconds = (performance.now() - this.#started) / 1000;
    const line = progressLine(done, this.#all, counts, (done - this.#before) / seconds);
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\n');
  }
}

/** @throws Exit where there is none */
async function* rowsOf(path: string, format: 'csv' | 'jsonl'): AsyncGenerator<Row> {
  const input: Readable = path === '-' ? process.stdin : createReadStream(path);
  let isEmpty = true;
  for await (const row of format === 'csv' ? csvRows(input) : jsonRows(input)) {
    isEmpty = false;
    yield row;
  }
  if (isEmpty)
    throw usage(
      `${path === '-' ? 'Standard input' : path} has no rows; expected ${format === 'csv' ? 'a head that names the fields, and a row on each line after it' : 'a JSON object on each line'}`,
    );
}

function formatOf(path: string, named: string | undefined): 'csv' | 'jsonl' {
  const format =
    named ?? (/\.csv$/i.test(path) ? 'csv' : /\.(jsonl|ndjson)$/i.test(path) ? 'jsonl' : undefined);
  if (format === 'csv' || format === 'jsonl') return format;
  throw usage(`${path}: is it CSV or JSON Lines? Give --format csv or --format jsonl`);
}

/** The file's digest, and how many rows it has. */
async function measured(path: string, format: 'csv' | 'jsonl'): Promise<{ sha256: string; rows: number }> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path)) digest.update(chunk);
  let rows = 0;
  for await (const _ of rowsOf(path, format)) rows += 1;
  return { sha256: digest.digest('hex'), rows };
}

const LISTS = ['permissions', 'allowedCidrs', 'allowedOrigins', 'oauthClientIds'];

/** A header names the fields. Lists are separated by spaces, metadata are columns `metadata.team`; `primary.key` and its like too. */
async function* csvRows(input: Readable): AsyncGenerator<Row> {
  const parser = input.pipe(
    parse({ columns: true, bom: true, trim: true, skip_empty_lines: true, relax_column_count: false }),
  );
  input.on('error', (error) => parser.destroy(error));
  try {
    for await (const record of parser as AsyncIterable<Record<string, string>>) yield rowOfCsv(record);
  } catch (error) {
    throw usage(`This is no CSV with a header: ${error instanceof Error ? error.message : error}`);
  }
}

export function rowOfCsv(record: Readonly<Record<string, string>>): Row {
  const row: Row = {};
  for (const [name, text] of Object.entries(record)) {
    if (text === '') continue;
    const [outer = '', inner] = name.split('.', 2);
    if (inner !== undefined) row[outer] = { ...Object(row[outer]), [inner]: text };
    else row[name] = LISTS.includes(name) ? text.split(/\s+/) : text;
  }
  return row;
}

/** What is no JSON object is a row that the API rejects, as every other that is wrong. */
async function* jsonRows(input: Readable): AsyncGenerator<Row> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') yield parsed(line);
  }
}

function parsed(line: string): Row {
  try {
    const row: unknown = JSON.parse(line);
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Row;
  } catch {
    // Below.
  }
  return { line };
}
