import type AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Below 688 pixels Cloudscape gives a navigation the orientation of a toolbar: one rule of one node, not ours. */
const CLOUDSCAPES_OWN = { rule: 'aria-allowed-attr', html: /^<nav[^>]*aria-orientation=/ };

/** What axe finds wrong with a page by WCAG 2.2 AA and its own best practices: the rule, and where. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const { AxeBuilder: Builder } = loadOnce<{ AxeBuilder: typeof AxeBuilder }>('@axe-core/playwright');
  const { violations } = await new Builder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .filter(({ html }) => id !== CLOUDSCAPES_OWN.rule || !CLOUDSCAPES_OWN.html.test(html))
      .map(({ html }) => `${id}: ${html.slice(0, 200)}`),
  );
}
