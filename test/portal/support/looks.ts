import type { VisitOptions } from './visit.ts';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** How people see a page. */
export const LOOKS: readonly (readonly [string, VisitOptions])[] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['phone', { ...PHONE, colorScheme: 'light' }],
  ['dark-phone', { ...PHONE, colorScheme: 'dark' }],
];

/** The windows of people; either can be light or dark. */
export const WINDOWS = [
  ['wide', {}],
  ['phone', PHONE],
] as const;

/** Wherever a page may leave a text: what it shows and holds in fields, storage, caches, address and history. */
export const LEFT = `(async () => {
  const fields = [...document.querySelectorAll('input, textarea')].map(({ value }) => value);
  const kept = [localStorage, sessionStorage].map((storage) => JSON.stringify(storage));
  const databases = (await indexedDB.databases()).map(({ name }) => name);
  const cached = await caches.keys();
  const shown = document.documentElement.outerHTML;
  return [shown, ...fields, ...kept, ...databases, ...cached, location.href, JSON.stringify(history.state)].join();
})()`;
