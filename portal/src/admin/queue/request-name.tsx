import type { ReactNode } from 'react';

/** What names a request of the queue, and takes the focus as `j` and `k` go through them. */
export function RequestName({ children }: { children: ReactNode }) {
  return (
    <span data-request tabIndex={-1}>
      {children}
    </span>
  );
}
