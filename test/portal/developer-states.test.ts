import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessibilityProblems } from './support/accessibility.ts';
import { findBrowser } from './support/chromium.ts';
import { DevelopersDoor } from './support/developers-door.ts';
import { pagesWithout } from './support/page-round.ts';
import { answerAll, STATES } from './support/states.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

const PAGES = [
  '/',
  '/products/:product',
  '/subscriptions',
  '/subscriptions/:active',
  '/subscriptions/:active/roll',
  '/explorer',
  '/usage',
  '/team',
  '/profile/sessions',
  '/profile/notifications',
];

inBrowser('each page of the developers’ door', () => {
  let door: DevelopersDoor;
  beforeAll(async () => {
    door = await DevelopersDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  test.each(STATES)(
    'has its state for %s',
    async (state, answer, expected) => {
      const visit = await door.visit();
      const { page } = visit;
      await answerAll(page, answer);
      const pages = PAGES.map((path) => [path, door.addressOf(path)] as const);
      expect(await pagesWithout(visit, { pages, nowhere: '/nowhere', expected })).toEqual([]);
      // Whoever comes by an address finds it as well.
      await page.goto('/subscriptions');
      await page.locator(expected).first().waitFor();
      // What has not come yet has no title.
      const untitled = (problem: string) => state === 'loading' && problem.startsWith('page-has-heading-one');
      expect((await accessibilityProblems(page)).filter((problem) => !untitled(problem))).toEqual([]);
      expect(visit.seen.cspReports).toEqual([]);
      await visit.end();
    },
    240_000,
  );

  test.each([
    ['/', 'No products yet'],
    ['/subscriptions', 'No subscriptions yet'],
    ['/explorer', 'No API yet'],
    ['/team', 'No members yet'],
    ['/profile/sessions', 'No sessions'],
  ])('%s says what it is for where there is nothing: %s', async (path, expected) => {
    const visit = await door.visit();
    await answerAll(visit.page, { status: 200, json: { items: [], nextCursor: null } });
    await door.goTo(visit, path);
    await visit.page.getByText(expected).first().waitFor();
    expect(await accessibilityProblems(visit.page)).toEqual([]);
    await visit.end();
  });

  test('a search without a match offers to clear it, and the address keeps what was looked for', async () => {
    const visit = await door.visit();
    await door.goTo(visit, '/?q=nothing+like+this');
    await visit.page.getByRole('button', { name: 'Clear filters' }).click();
    await visit.page.getByRole('link', { name: 'payments', exact: true }).first().waitFor();
    expect(new URL(visit.page.url()).search).toBe('');
    await visit.end();
  });

  test('who is offline is told so, and is not when the network is back', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/subscriptions');
    await page.context().setOffline(true);
    await page.getByText('You are offline').waitFor();
    await page.context().setOffline(false);
    await page.getByText('You are offline').waitFor({ state: 'hidden' });
    await visit.end();
  });

  test('a name that somebody else has changed is shown beside one’s own, and either can be kept', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, '/subscriptions/:pending');
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Mine');
    await visit.settle();
    const { server } = door;
    const other = await fetch(`${server.managementUrl}${door.addressOf('/v1/subscriptions/:pending')}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${await server.token('admin@keywright.test')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name: 'Theirs' }),
    });
    expect(other.status).toBe(200);
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByText('Somebody has changed it meanwhile').waitFor();
    await page.getByText('Theirs').first().waitFor();
    await visit.screenshot('developer-stale');
    await page.getByRole('button', { name: 'Use mine' }).click();
    await page.getByRole('heading', { name: 'Mine' }).waitFor();
    await visit.end();
  });
});
