import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KEPT = fileURLToPath(new URL('../../node_modules/.cache/keywright/test-assemblies', import.meta.url));
/** What `npm start` says that it is made from, beside the folder. */
const MARK = 'cloud-assembly.json';

/**
 * The synthesized app of a data folder, taken over by the next data folder that is for the same addresses: making it is
 * four fifths of a first start. `npm start` itself looks whether it is made from what there is now, and makes it anew if not.
 */
export class KeptAssembly {
  readonly #dataDir: string;
  readonly #kept: string;

  /** @param addresses what else its configuration depends on: the port, and the options of `npm start` */
  constructor(dataDir: string, addresses: readonly (string | number)[]) {
    this.#dataDir = dataDir;
    this.#kept = join(KEPT, addresses.join('_'));
    const folder = statSync(dataDir, { throwIfNoEntry: false });
    const isNew = folder?.isDirectory() && readdirSync(dataDir).length === 0;
    if (!isNew || !existsSync(this.#kept)) return;
    cpSync(this.#kept, dataDir, { recursive: true });
  }

  /** Keeps the folder's for the next, once it is there. */
  keep(): void {
    if (!existsSync(join(this.#dataDir, MARK)) || this.#isKept()) return;
    mkdirSync(KEPT, { recursive: true });
    const unfinished = mkdtempSync(join(KEPT, '.new-'));
    for (const part of ['cloud-assembly', MARK])
      cpSync(join(this.#dataDir, part), join(unfinished, part), { recursive: true });
    rmSync(this.#kept, { recursive: true, force: true });
    renameSync(unfinished, this.#kept);
  }

  #isKept(): boolean {
    const mark = join(this.#kept, MARK);
    return existsSync(mark) && readFileSync(mark, 'utf8') === readFileSync(join(this.#dataDir, MARK), 'utf8');
  }
}
