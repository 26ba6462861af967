import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { SourceMap } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import KeywrightEnvironment from '../support/environment.ts';
import { digestOf, type Kept, reachFile } from './reach.ts';

/** The folder of the project that the tests run in. */
const ROOT = join(import.meta.dirname, '../..');

/**
 * Notes which lines of the program a test file makes run, those of modules that Node loads itself among
 * them. It needs a process for each test file, since such a module runs its top level once.
 */
// biome-ignore lint/style/noDefaultExport: Jest takes an environment by its default export
export default class CoverageEnvironment extends KeywrightEnvironment {
  readonly #session = new Session();
  readonly #test: string;
  readonly #begun = Date.now();

  constructor(...[config, context]: ConstructorParameters<typeof KeywrightEnvironment>) {
    super(config, context);
    this.#test = nameOf(context.testPath);
  }

  override async setup(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    await super.setup();
  }

  override async teardown(): Promise<void> {
    const milliseconds = Date.now() - this.#begun;
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    const sources = await this.#sources();
    const files: Record<string, { digest: string; lines: number[] }> = {};
    for (const { url, scriptId, functions } of result) {
      const file = nameOf(url);
      const source = sources.get(scriptId);
      if (source === undefined || !isOfProject(file)) continue;
      const ran = runOffsets(source.length, functions);
      const lines = new Set([...(files[file]?.lines ?? []), ...runLines(source, ran)]);
      files[file] = { digest: digestOf(join(ROOT, file)), lines: [...lines] };
    }
    const reach: Kept = { test: this.#test, milliseconds, files };
    writeFileSync(reachFile(ROOT, this.#test), JSON.stringify(reach));
    this.#session.disconnect();
    await super.teardown();
  }

  /** The text of every script of the project, as it was run. */
  async #sources(): Promise<ReadonlyMap<string, string>> {
    const ids: string[] = [];
    this.#session.on('Debugger.scriptParsed', ({ params }) => {
      if (isOfProject(nameOf(params.url))) ids.push(params.scriptId);
    });
    await this.#session.post('Debugger.enable');
    const sources = new Map<string, string>();
    for (const scriptId of ids)
      sources.set(
        scriptId,
        (await this.#session.post('Debugger.getScriptSource', { scriptId })).scriptSource,
      );
    await this.#session.post('Debugger.disable');
    return sources;
  }
}

function nameOf(url: string): string {
  const path = url.startsWith('file://') ? fileURLToPath(url) : url;
  return relative(ROOT, path).split(sep).join('/');
}

function isOfProject(file: string): boolean {
  return /^(bench|bin|core|functions|guard|lib|local|test)\/.*\.ts$/.test(file);
}

interface RunFunction {
  readonly ranges: readonly { startOffset: number; endOffset: number; count: number }[];
}

/** Which offsets of a script ran: an inner range has the last word. */
function runOffsets(length: number, functions: readonly RunFunction[]): Uint8Array {
  const ran = new Uint8Array(length);
  const ranges = functions.flatMap((one) => one.ranges);
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of ranges)
    ran.fill(count > 0 ? 1 : 0, startOffset, Math.min(endOffset, length));
  return ran;
}

/** The lines of the original text with a word that ran. */
function runLines(source: string, ran: Uint8Array): Set<number> {
  const [, encoded] = /\/\/# sourceMappingURL=data:[^,]*;base64,(\S+)/.exec(source) ?? [];
  const map =
    encoded === undefined
      ? undefined
      : new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
  const lines = new Set<number>();
  let offset = 0;
  for (const [index, text] of source.split('\n').entries()) {
    if (text.startsWith('//# sourceMappingURL=')) break;
    for (const { index: column } of text.matchAll(/[\w'"`$#([{]+/g)) {
      if (ran[offset + column] !== 1) continue;
      const entry = map?.findEntry(index, column);
      if (map === undefined) lines.add(index + 1);
      else if (entry !== undefined && 'originalLine' in entry) lines.add(entry.originalLine + 1);
    }
    offset += text.length + 1;
  }
  return lines;
}
