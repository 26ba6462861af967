import type AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Below 688 pixels Cloudscape gives a navigation the orientation of a toolbar: one rule of one node, not ours. */
const CLOUDSCAPES_OWN = { rule: 'aria-allowed-attr', html: /^<nav[^>]*aria-orientation=/ };

/**
 * Colours on their way from one to another are neither: brings them to their ends, and those on their way that follow
 * from that, as a text's does from its row's.
 */
const SETTLED_COLOURS = `for (let running = [0], i = 0; running.length > 0 && i < 50; i += 1) {
  running = document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime < Infinity);
  for (const each of running) each.finish();
}`;

/**
 * What axe finds wrong with a page by WCAG 2.2 AA and its own best practices: the rule, and where.
 * @param part a selector of the part that is looked at; the whole page where absent
 */
export async function accessibilityProblems(page: Page, part?: string): Promise<string[]> {
  const { AxeBuilder: Builder } = loadOnce<{ AxeBuilder: typeof AxeBuilder }>('@axe-core/playwright');
  // A document gets axe once, however often it is looked at.
  const isThere = await page.evaluate("typeof axe === 'object'");
  const builder = new Builder({ page, ...(isThere === true && { axeSource: ';' }) })
    // Pages here have no frames, for which each look would open another page.
    .setLegacyMode()
    .options({ resultTypes: ['violations'] });
  await page.evaluate(SETTLED_COLOURS);
  const { violations } = await (part === undefined ? builder : builder.include(part)).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .filter(({ html }) => id !== CLOUDSCAPES_OWN.rule || !CLOUDSCAPES_OWN.html.test(html))
      .map(({ html }) => `${id}: ${html.slice(0, 200)}`),
  );
}
