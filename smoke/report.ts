import { CHAPTERS, type Finding, type Verdict } from './finding.ts';

/** All that a run has to tell. */
export interface Outcome {
  /** The management API's address. */
  readonly url: string;
  /** When the run began. */
  readonly begun: Date;
  readonly seconds: number;
  readonly findings: readonly Finding[];
  /** What the run made and could not take away, and should have. */
  readonly leftBehind: readonly string[];
  /** What it made that can't be taken away and does no harm. */
  readonly kept: readonly string[];
  /** Why it ended before its end; absent where it didn't. */
  readonly cutShort?: string;
}

const LABEL: Readonly<Record<Verdict, string>> = {
  held: 'held',
  broken: 'NOT HELD',
  unclear: 'unclear',
  'not asked': 'not asked',
};
const COLOUR: Readonly<Record<Verdict, string>> = {
  held: '32',
  broken: '1;31',
  unclear: '33',
  'not asked': '2',
};
const LABEL_WIDTH = 11;
const PAGE_WIDTH = 100;

/** 0 where all that was asked held, 1 where something did not or was left behind, 2 where there is no answer. */
export function exitCodeOf({ findings, leftBehind, cutShort }: Outcome): 0 | 1 | 2 {
  if (leftBehind.length > 0 || count(findings, 'broken') > 0) return 1;
  if (cutShort !== undefined || count(findings, 'unclear') > 0) return 2;
  return count(findings, 'held') === 0 ? 2 : 0;
}

/**
 * The page that the operator reads: by chapter what held, then what to do, then one line that sums it up.
 * @param coloured with the escape codes of a terminal; every word is there without them too
 */
export function pageOf(outcome: Outcome, { coloured }: { coloured: boolean }): string {
  const { url, begun, findings, leftBehind, kept, cutShort } = outcome;
  const chapters = CHAPTERS.flatMap((chapter) => {
    const rows = findings.filter((finding) => finding.chapter === chapter);
    return rows.length === 0 ? [] : [titled(chapter), ...bySubject(rows, coloured), ''];
  });
  return [
    `Smoke test of ${url}, ${begun.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    '',
    ...chapters,
    ...list('To do', adviceOf(findings, ['broken', 'unclear'])),
    ...list('To learn more', adviceOf(findings, ['not asked'])),
    ...list('Left behind: take it away by hand', leftBehind),
    ...list('Stays, and does no harm', kept),
    ...(cutShort === undefined ? [] : [...wrapped(`Cut short: ${cutShort}`, 0), '']),
    sumOf(outcome),
    '',
  ].join('\n');
}

/** Each once, however many promises it would mend; that of the worse verdict first. */
function adviceOf(findings: readonly Finding[], verdicts: readonly Verdict[]): string[] {
  return verdicts
    .flatMap((wanted) => findings.filter(({ verdict }) => verdict === wanted))
    .flatMap(({ advice }) => advice ?? [])
    .filter((advice, index, all) => all.indexOf(advice) === index);
}

/** What is about the whole first, then each subject with its own rows below its name. */
function bySubject(rows: readonly Finding[], coloured: boolean): string[] {
  const subjects = new Set(rows.map(({ subject }) => subject ?? ''));
  return [...subjects]
    .sort((one, other) => Number(one !== '') - Number(other !== ''))
    .flatMap((subject) => {
      const own = rows.filter((row) => (row.subject ?? '') === subject);
      const lines = own.flatMap((row) => rowOf(row, subject === '' ? 2 : 4, coloured));
      return subject === '' ? lines : [`  ${subject}`, ...lines];
    });
}

function rowOf({ promise, verdict, seen }: Finding, indent: number, coloured: boolean): string[] {
  const said = seen === undefined ? promise : `${promise}: ${seen}`;
  const [first = '', ...others] = wrapped(said, indent + LABEL_WIDTH);
  const label = LABEL[verdict].padEnd(LABEL_WIDTH);
  const shown = coloured ? `\u001b[${COLOUR[verdict]}m${label}\u001b[0m` : label;
  return [`${' '.repeat(indent)}${shown}${first.trimStart()}`, ...others];
}

function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const rows = items.flatMap((item, index) => {
    const number = `${index + 1}.`.padEnd(4);
    const [first = '', ...others] = wrapped(item, 2 + number.length);
    return [`  ${number}${first.trimStart()}`, ...others];
  });
  return [title, ...rows, ''];
}

/** Lines that are indented and break between words; a word that is longer than a line has one of its own. */
function wrapped(text: string, indent: number): string[] {
  const margin = ' '.repeat(indent);
  const lines: string[] = [];
  let line = margin;
  for (const word of text.split(' ')) {
    if (line !== margin && line.length + 1 + word.length > PAGE_WIDTH) {
      lines.push(line);
      line = margin;
    }
    line += line === margin ? word : ` ${word}`;
  }
  return [...lines, line];
}

function sumOf({ findings, seconds }: Outcome): string {
  const sums = (['held', 'broken', 'unclear', 'not asked'] as const)
    .map((verdict) => [count(findings, verdict), LABEL[verdict].toLowerCase()] as const)
    .filter(([many], index) => many > 0 || index < 2)
    .map(([many, label]) => `${many} ${label}`);
  return `${sums.join(', ')}, in ${Math.round(seconds)} seconds.`;
}

function count(findings: readonly Finding[], verdict: Verdict): number {
  return findings.filter((finding) => finding.verdict === verdict).length;
}

function titled(chapter: string): string {
  return chapter.charAt(0).toUpperCase() + chapter.slice(1);
}
