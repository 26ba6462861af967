import Skeleton from '@cloudscape-design/components/skeleton';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect, useState } from 'react';

const LONGEST_BLANK_MILLISECONDS = 300;

/** Shows nothing for the first moments, in which most things have come. */
export function Soon({ children }: { children: ReactNode }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), LONGEST_BLANK_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);
  return due ? children : null;
}

/** A part of a page that is on its way, in the room that it will take. */
export function PartSkeleton({ height }: { height: string }) {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton height={height} />
    </div>
  );
}

/** A page that is on its way. */
export function PageSkeleton() {
  return (
    <Soon>
      <div role="status" aria-label="Loading">
        <SpaceBetween size="l">
          <Skeleton variant="text-heading-xl" width="240px" />
          <Skeleton height="120px" />
          <Skeleton height="240px" />
        </SpaceBetween>
      </div>
    </Soon>
  );
}
