import type { Page } from 'playwright-core';

/** Lighthouse's «slow 4G», which it takes for a phone on the road. */
const SLOW = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 94_000 };

/** Printed, and bounded by nothing here: how fast a machine is that runs tests is its own affair. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** From the next page on, how long each key and click waits until the page shows what came of it. */
export async function watchInteractions(page: Page): Promise<void> {
  await page.addInitScript(`globalThis.answers = [];
    new PerformanceObserver((list) => {
      for (const { interactionId, duration } of list.getEntries()) if (interactionId) answers.push(duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: true });`);
}

/** Tells them; who is quicker than 16 ms is not told by a browser. @param where after whom it is told */
export async function tellInteractions(page: Page, where: string): Promise<void> {
  const answers = ((await page.evaluate('answers')) as number[]).sort((a, b) => a - b);
  const p95 = answers[Math.floor(0.95 * answers.length)] ?? 0;
  tell(`Interactions ${where}: ${answers.length} of 16 ms or more, p95 ${p95} ms; budget 100`);
}

/** Has the page's requests go and come as slowly as on a phone, with nothing kept from before. */
export async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await session.send('Network.emulateNetworkConditions', SLOW);
}

/** When something was first to be seen of the page that is shown, in milliseconds since it was asked for. */
export async function firstContent(page: Page): Promise<number> {
  const [first = 0] = (await page.evaluate(
    "performance.getEntriesByName('first-contentful-paint').map(({ startTime }) => startTime)",
  )) as number[];
  return Math.round(first);
}
