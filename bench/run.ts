import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type Measure, noise } from './harness.ts';
import { isKept, markdownTable, textTable, withSection } from './report.ts';

/** What can be measured, by the word that `npm run bench -- <word>` takes; loaded when it is wanted. */
const PARTS: Readonly<Record<string, Measure>> = {
  noise,
  decision: async () => (await import('./decision.ts')).decisionFigures(),
  memory: async () => (await import('./memory.ts')).memoryFigures(),
  peers: async () => (await import('./peers.ts')).peerFigures(),
  cold: async () => (await import('./cold-start.ts')).coldFigures(),
  regions: async () => (await import('./regions/figures.ts')).regionFigures(),
  command: async () => (await import('./command.ts')).commandFigures(),
  scale: async () => (await import('./scale/scale.ts')).scaleFigures(),
  faults: async () => (await import('./faults.ts')).faultFigures(),
  limits: async () => (await import('./limits.ts')).limitFigures(),
  usage: async () => [
    ...(await (await import('./usage.ts')).usageFigures()),
    ...(await (await import('./usage-files.ts')).usageFileFigures()),
  ],
  attacks: async () => (await import('./attack-day.ts')).attackDayFigures(),
  'audit-adversary': async () => (await import('./audit-adversary.ts')).adversaryFigures(),
  revocation: async () => (await import('./revocation.ts')).revocationFigures(),
  people: async () => (await import('./people.ts')).peopleFigures(),
  brakes: async () => (await import('./brakes.ts')).brakeFigures(),
  'keys-list': async () => (await import('./keys-list.ts')).keysListFigures(),
  hostile: async () => (await import('./hostile/figures.ts')).hostileFigures(),
  world: async () => (await import('./world/figures.ts')).worldFigures(),
};

/** Parts whose figures are on a page of their own. */
const OWN_PAGES: Readonly<Record<string, string>> = {
  scale: 'operate/scale',
  regions: 'operate/regions',
  world: 'extend/world',
};
const pageOf = (part: string) =>
  new URL(`../docs/${OWN_PAGES[part] ?? 'operate/performance'}.md`, import.meta.url);

const words = process.argv.slice(2);
const json = words.includes('--json');
const wanted = words.filter((word, i) => !word.startsWith('--') && words[i - 1] !== '--share');
const unknown = wanted.find((word) => !Object.hasOwn(PARTS, word));
if (unknown !== undefined) {
  console.error(`no bench is called "${unknown}"; there are: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

const machine = { node: process.version, cores: cpus().length, processor: cpus()[0]?.model };
const parts = [];
const chosen = Object.entries(PARTS).filter(([part]) => wanted.length === 0 || wanted.includes(part));
// Before anything is measured: a page without the section would be found an hour later.
if (words.includes('--page'))
  for (const [part] of chosen) withSection(readFileSync(pageOf(part), 'utf8'), part, '');
for (const [part, measure] of chosen) {
  const figures = await measure();
  parts.push({ part, figures });
  if (!figures.every(isKept)) process.exitCode = 1;
  if (words.includes('--page')) {
    const page = readFileSync(pageOf(part), 'utf8');
    writeFileSync(pageOf(part), withSection(page, part, markdownTable(figures)));
  }
  if (!json) console.log(`\n${part} (Node ${machine.node}, ${machine.cores} cores)\n\n${textTable(figures)}`);
}
if (json) console.log(JSON.stringify({ machine, parts }, null, 2));
