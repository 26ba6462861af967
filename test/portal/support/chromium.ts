import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type * as playwright from 'playwright-core';
import manifest from '../../../package.json' with { type: 'json' };

/** How to get one, for whoever has none. */
const ADVICE =
  'No Chromium was found, so nothing is tried in a browser. `apt-get install chromium-headless-shell` has one, ' +
  '@sparticuz/chromium comes with `npm install` on Linux (x64), Google Chrome is used where it is installed, and ' +
  'CHROMIUM names any other.';

const PROGRAMS = ['chromium-headless-shell', 'chromium', 'chromium-browser'];
/** Where Debian puts what it has no link to. */
const PLACES = ['/usr/lib/chromium'];

/**
 * What @sparticuz/chromium asks for one page in a Lambda function. With a single process the browser would end with
 * its first context; the others take away what keeps origins apart, which is what is tried here.
 */
const NOT_HERE = [
  '--single-process',
  '--disable-web-security',
  '--disable-site-isolation-trials',
  '--allow-running-insecure-content',
];

type Launch = playwright.LaunchOptions;

/**
 * A browser: what CHROMIUM names, what the system has, what npm brought, Google Chrome; the first that starts, each
 * being tried twice.
 * Undefined where none does, which is said once on stderr; an error where CHROMIUM_REQUIRED is set.
 */
export async function findBrowser(): Promise<playwright.Browser | undefined> {
  const { chromium } = loadOnce<typeof playwright>('playwright-core');
  const failures: string[] = [];
  // On a busy machine one may end as it starts, and start the next time.
  for (const candidate of candidates().flatMap((each) => [each, each])) {
    try {
      return await chromium.launch(await candidate());
    } catch (error) {
      failures.push(String((error as Error).message).split('\n')[0] ?? '');
    }
  }
  const why = `${ADVICE}\n${[...new Set(failures)].map((failure) => `  ${failure}\n`).join('')}`;
  if (process.env.CHROMIUM_REQUIRED) throw new Error(why);
  process.stderr.write(why);
  return undefined;
}

function candidates(): readonly (() => Launch | Promise<Launch>)[] {
  const named = process.env.CHROMIUM;
  if (named) return [() => withoutSandbox({ executablePath: named })];
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...PLACES];
  const installed = PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))).filter(
    existsSync,
  );
  return [
    ...installed.map((executablePath) => () => withoutSandbox({ executablePath })),
    unpacked,
    () => ({ channel: 'chrome' }),
  ];
}

type Packed = { args: string[]; executablePath(): Promise<string> };

/** The one of npm, which is unpacked once for each version. */
async function unpacked(): Promise<Launch> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('@sparticuz/chromium is for Linux on x64');
  const { default: packed } = loadOnce<{ default: Packed }>('@sparticuz/chromium');
  const version = manifest.devDependencies['@sparticuz/chromium'];
  const folder = join(tmpdir(), `chromium-${version}-${process.getuid?.()}`);
  if (!existsSync(folder)) await unpackInto(folder, packed);
  return {
    executablePath: join(folder, 'chromium'),
    args: packed.args.filter((arg) => !NOT_HERE.includes(arg)),
  };
}

/**
 * The package takes any file that has the program's name for the program, also one that another process has begun
 * to write or that was never finished: so it unpacks into a folder of its own, which gets its name when it is whole.
 */
async function unpackInto(folder: string, packed: Packed): Promise<void> {
  const usual = process.env.TMPDIR;
  const unfinished = mkdtempSync(`${folder}-`);
  process.env.TMPDIR = unfinished;
  try {
    await packed.executablePath();
  } finally {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
  }
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

/** Root, as which programs in containers run, gets no sandbox from Chromium. Pages here are our own. */
function withoutSandbox(options: Launch): Launch {
  return process.getuid?.() === 0 ? { ...options, args: ['--no-sandbox'] } : options;
}
