import type { Page } from 'playwright-core';

/** What a screen reader would call the element that has the focus, and whether one sees that it has. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  const by = (element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id));
  const name = [
    by.map((each) => each?.textContent ?? '').join(' '),
    element.ariaLabel,
    ...[...(element.labels ?? [])].map(({ textContent }) => textContent),
    element.textContent,
    element.getAttribute('placeholder'),
    element.tagName,
  ].map((text) => (text ?? '').replace(/\\s+/g, ' ').trim()).find((text) => text !== '');
  const ring = (node, pseudo) => {
    const { outlineStyle, outlineWidth, boxShadow, content } = getComputedStyle(node, pseudo);
    if (pseudo && content === 'none') return false;
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  };
  // A radio button is drawn by its neighbours, and a row's ring by what is around it.
  const drawn = [element, element.parentElement, ...(element.parentElement?.querySelectorAll('*') ?? [])];
  const visible = drawn.some((node) => node && [undefined, '::before', '::after'].some((each) => ring(node, each)));
  const { top, bottom } = element.getBoundingClientRect();
  return { name, visible, onScreen: bottom > 0 && top < innerHeight };
})()`;

const MOST_STOPS = 120;

/** A person with a keyboard and nothing else. */
export class Keyboard {
  readonly #page: Page;
  /** Stops at which nobody sees where the focus is. */
  readonly unseen: string[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  /** Goes on by Tab until the focus is on what has this name; fails where it never is. */
  async tabTo(name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    const stops: string[] = [];
    for (let i = 0; i < MOST_STOPS; i += 1) {
      const at = await this.#focused();
      if (isNamed(at.name, name)) {
        if (!at.visible || !at.onScreen) this.unseen.push(at.name);
        return;
      }
      stops.push(at.name.slice(0, 40));
      await this.#page.keyboard.press(key);
    }
    throw new Error(`${name} can’t be reached by ${key}; there are ${[...new Set(stops)].join(' | ')}`);
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.#page.keyboard.type(text);
  }

  /** Tab to what has this name, and Enter. */
  async enter(name: string | RegExp): Promise<void> {
    await this.tabTo(name);
    await this.press('Enter');
  }

  /** The name of what has the focus. */
  async at(): Promise<string> {
    return (await this.#focused()).name;
  }

  /** Goes on in an open menu by the arrow until the focus is on what has this name. */
  async arrowTo(name: string): Promise<void> {
    for (let i = 0; i < MOST_STOPS; i += 1) {
      if ((await this.at()) === name) return;
      await this.#page.keyboard.press('ArrowDown');
    }
    throw new Error(`${name} can’t be reached by the arrow`);
  }

  /** Waits until what has the focus has this name: where a dialog puts it, or gives it back. */
  async focusIsOn(name: string | RegExp): Promise<void> {
    let last = '';
    for (let i = 0; i < 100; i += 1) {
      last = (await this.#focused()).name;
      if (isNamed(last, name)) return;
      await this.#page.waitForTimeout(50);
    }
    throw new Error(`the focus is on «${last}» and not on ${name}`);
  }

  async #focused(): Promise<{ name: string; visible: boolean; onScreen: boolean }> {
    return (await this.#page.evaluate(FOCUSED)) as { name: string; visible: boolean; onScreen: boolean };
  }
}

function isNamed(name: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? name === wanted : wanted.test(name);
}
