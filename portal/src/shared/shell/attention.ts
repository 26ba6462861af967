import { createStore } from '../store.ts';

/**
 * What stops a person in the middle of something: the session has ended, or the second factor is wanted. Either
 * leads to a sign-in and back to the same page; forms keep what was typed (`useDraft`).
 */
export type Attention = 'sessionEnded' | 'secondFactor';

export const attention = createStore<Attention | undefined>(undefined);

/** Where the sign-in begins that leads back to a path of this origin. */
export function signInUrl(returnTo: string = here()): string {
  return `/auth/login?${new URLSearchParams({ returnTo })}`;
}

/** Where the person signs in once more, with a second factor. */
export function stepUpUrl(returnTo: string = here()): string {
  return `/auth/step-up?${new URLSearchParams({ returnTo })}`;
}

function here(): string {
  return `${location.pathname}${location.search}`;
}
