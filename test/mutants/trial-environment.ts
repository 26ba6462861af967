import { writeFileSync } from 'node:fs';
import KeywrightEnvironment from '../support/environment.ts';

/** Names the file that a trial's verdict is left in. */
export const VERDICT = 'KEYWRIGHT_MUTANT_VERDICT';

/** What a process ends with when a test has noticed the change. */
export const NOTICED = 86;

/** What Jest tells of, as far as it is looked at. */
interface TestEvent {
  readonly name: string;
  readonly test?: { readonly name: string };
}

/** Ends the process at the first test that fails: one is enough. */
// biome-ignore lint/style/noDefaultExport: Jest takes an environment by its default export
export default class TrialEnvironment extends KeywrightEnvironment {
  readonly #path: string;

  constructor(...[config, context]: ConstructorParameters<typeof KeywrightEnvironment>) {
    super(config, context);
    this.#path = context.testPath;
  }

  override async handleTestEvent(event: TestEvent): Promise<void> {
    const verdict = process.env[VERDICT];
    if (verdict === undefined) return;
    if (event.name !== 'test_fn_failure' && event.name !== 'hook_failure') return;
    writeFileSync(verdict, `${this.#path}: ${event.test?.name ?? 'a hook'}`);
    process.exit(NOTICED);
  }
}
