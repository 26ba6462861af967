import type { Locator } from 'playwright-core';
import { accessibilityProblems } from './accessibility.ts';
import { type DeclaredDialog, isTitle } from './declared-dialogs.ts';
import { Keyboard } from './keyboard.ts';
import { LEFT } from './looks.ts';
import type { Visit } from './visit.ts';

/** How each dialog is looked at while it is open; as it was opened at last. */
const LOOKS = [
  ['dark', 1280],
  ['dark', 390],
  ['light', 390],
  ['light', 1280],
] as const;
/** What begins a key of whatever kind, and an invitation's token. */
const SECRET = /(?:sk|pk|sub|ck)_(?:dev|live)_\w{40}|#token=[\w.~-]{30}/g;

/** A walk through dialogs: what was seen of them, and what was wrong with each. */
export class DialogRound {
  /** Each dialog with each of its titles that was shown. */
  readonly seen = new Set<string>();
  readonly problems: string[] = [];
  /** What `Show as code` gives as the command, by dialog and title; undefined where it gives none. */
  readonly commands = new Map<string, string | undefined>();
  readonly #visit: Visit;
  readonly #keys: Keyboard;
  readonly #declared: readonly DeclaredDialog[];
  /** As `seen`, by the whole title: who opens a dialog once more, to go on from it, has looked at it. */
  readonly #looked = new Set<string>();
  #secrets: readonly string[] = [];
  #opener = '';

  constructor(visit: Visit, declared: readonly DeclaredDialog[]) {
    this.#visit = visit;
    this.#keys = new Keyboard(visit.page);
    this.#declared = declared;
  }

  get dialog(): Locator {
    return this.#visit.page.getByRole('dialog');
  }

  /** Opens a dialog by what a person would press, and looks at it. @param name as the source declares it */
  async open(name: string, opener: Locator): Promise<void> {
    await this.#enter(opener);
    await this.comes(name);
  }

  /** Opens a dialog by an item of a menu, to which the focus goes back. */
  async openFrom(name: string, menu: Locator, item: string): Promise<void> {
    await this.#enter(menu);
    await this.#visit.page.getByRole('menuitem', { name: item, exact: true }).waitFor();
    await this.#keys.arrowTo(item);
    await this.#keys.press('Enter');
    await this.comes(name);
  }

  async #enter(opener: Locator): Promise<void> {
    await opener.focus();
    this.#opener = await this.#keys.at();
    await this.#keys.press('Enter');
  }

  /** Presses a button of the dialog that is open. */
  press(button: string): Promise<void> {
    return this.dialog.getByRole('button', { name: button, exact: true }).last().press('Enter');
  }

  /** Waits for a dialog that something has led to, and looks at it. */
  async comes(name: string): Promise<void> {
    const { page } = this.#visit;
    const declared = this.#declared.find((each) => each.name === name);
    const heading = this.dialog.getByRole('heading').first();
    let title = '';
    let found: string | undefined;
    // The one before may still be on its way out.
    for (let i = 0; found === undefined && i < 200; i += 1) {
      title = (await heading.textContent({ timeout: 50 }).catch(() => '')) ?? '';
      found = declared?.titles.find((each) => isTitle(each, title));
      if (found === undefined) await page.waitForTimeout(50);
    }
    if (found === undefined) throw new Error(`${name} is not there, but «${title}»`);
    const isNew = !this.#looked.has(`${name}: ${title}`);
    this.seen.add(`${name}: ${found}`);
    this.#looked.add(`${name}: ${title}`);
    await this.#visit.settle();
    await this.dialog
      .locator(':focus')
      .waitFor({ state: 'attached', timeout: 5000 })
      .catch(() => this.problems.push(`${name}: the focus is not in it`));
    this.#secrets = (await this.dialog.textContent())?.match(SECRET) ?? [];
    if (!isNew) return;
    for (const [colorScheme, width] of LOOKS) await this.#look(name, title, colorScheme, width);
    await this.#readCommand(`${name}: ${found}`);
  }

  async #readCommand(about: string): Promise<void> {
    const code = this.dialog.getByRole('button', { name: 'Show as code' });
    if ((await code.count()) === 0) return;
    await code.press('Enter');
    const tab = this.dialog.getByRole('tab', { name: 'CLI' });
    await this.dialog.getByRole('tab', { name: 'curl' }).waitFor();
    if ((await tab.count()) === 0) {
      this.commands.set(about, undefined);
      return;
    }
    await tab.click();
    const text = this.dialog.getByText(/^keywright /).first();
    this.commands.set(about, (await text.textContent()) ?? '');
    await code.press('Enter');
  }

  async #look(name: string, title: string, colorScheme: 'dark' | 'light', width: number): Promise<void> {
    const { page } = this.#visit;
    await page.setViewportSize({ width, height: 844 });
    await this.#visit.inColours(colorScheme);
    const look = `${colorScheme} at ${width}`;
    for (const problem of await accessibilityProblems(page, '[role=dialog]'))
      this.problems.push(`${name}, ${look}: ${problem}`);
    if ((colorScheme === 'dark') === (width === 390))
      await this.#visit.screenshot(`dialog-${name.split(' ')[0]}-${title.split(' ')[0]}-${colorScheme}`);
  }

  /** Closes what is open: by Escape, or by a button. What it showed is nowhere then, and the focus where it was. */
  async close(by?: string): Promise<void> {
    const { page } = this.#visit;
    if (by === undefined) await page.keyboard.press('Escape');
    else await this.press(by);
    await this.dialog.waitFor({ state: 'hidden' });
    await this.isForgotten();
    await this.#keys.focusIsOn(this.#opener).catch(({ message }) => this.problems.push(message));
  }

  /** What the last dialog showed is nowhere any more. */
  async isForgotten(): Promise<void> {
    const left = String(await this.#visit.page.evaluate(LEFT));
    for (const secret of this.#secrets)
      if (left.includes(secret)) this.problems.push('a secret is still there after its dialog was closed');
    this.#secrets = [];
  }
}
