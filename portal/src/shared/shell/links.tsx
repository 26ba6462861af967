import type { MouseEvent, ReactNode } from 'react';
import { useNavigate } from 'react-router';

/** Addresses that the server answers, not a page of this app. */
const SERVED = /^\/(?:auth|v1|openapi\.json|assets|keywright-local)(?:\/|$)/;

/** Every plain link below it that leads to a page of this app is followed without loading the app anew. */
export function Links({ children }: { children: ReactNode }) {
  const navigate = useNavigate();
  const follow = (event: MouseEvent) => {
    const path = pathWithin(event);
    if (path === undefined) return;
    event.preventDefault();
    void navigate(path);
  };
  return (
    // biome-ignore lint/a11y: links are what is clicked, by key or pointer; this listens to what bubbles from them
    <div onClick={follow}>{children}</div>
  );
}

function pathWithin(event: MouseEvent): string | undefined {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]');
  if (!link || link.target === '_blank' || link.hasAttribute('download')) return;
  const { origin, pathname, search, hash } = new URL(link.href);
  if (origin !== location.origin || SERVED.test(pathname)) return;
  return `${pathname}${search}${hash}`;
}
