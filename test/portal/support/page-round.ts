import { accessibilityProblems } from './accessibility.ts';
import type { WINDOWS } from './looks.ts';
import type { Visit } from './visit.ts';

interface Round {
  readonly pages: readonly (readonly [name: string, path: string])[];
  readonly goTo: (path: string) => Promise<void>;
  /** What the names of pictures begin with. */
  readonly door: string;
  readonly window: (typeof WINDOWS)[number][0];
}

/**
 * Loads each page once, every other one in dark, and looks at it in both colours. What is wrong with them, by page and
 * colour; of each a picture is kept.
 */
export async function lookAtPages(
  visit: Visit,
  { pages, goTo, door, window }: Round,
): Promise<Record<string, string[]>> {
  const problems: Record<string, string[]> = {};
  for (const [i, [name, path]] of pages.entries()) {
    await goTo(path);
    for (const colours of i % 2 === 0 ? (['light', 'dark'] as const) : (['dark', 'light'] as const)) {
      await visit.inColours(colours);
      const found = await accessibilityProblems(visit.page);
      if (found.length > 0) problems[`${name}, ${colours}`] = found;
      await visit.screenshot(`${door}-${name}-${PICTURES[window][colours]}`);
    }
  }
  return problems;
}

const PICTURES = {
  wide: { light: 'light', dark: 'dark' },
  phone: { light: 'phone', dark: 'dark-phone' },
};

/** A dialog that comes again has its last request by then. */
const MOST_ESCAPES = 500;

/**
 * Turns to one page after another, and back to where nothing is in between. Those of which this is never seen.
 * @param expected a selector
 */
export async function pagesWithout(
  visit: Visit,
  { pages, nowhere, expected }: { pages: Round['pages']; nowhere: string; expected: string },
): Promise<string[]> {
  const { page } = visit;
  const seen = page.locator(expected).first();
  const without: string[] = [];
  await page.goto(nowhere);
  for (const [name, path] of pages) {
    // A dialog that some request has opened comes again while others are answered.
    for (let tries = 0; await seen.isVisible(); tries++) {
      if (tries === MOST_ESCAPES) throw new Error(`before ${name}, Escape does not close what stands there`);
      await page.keyboard.press('Escape');
      await page.waitForTimeout(20);
    }
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await visit.turnTo(path);
    await seen.waitFor({ timeout: 15_000 }).catch(() => without.push(name));
    await visit.turnTo(nowhere);
  }
  return without;
}
