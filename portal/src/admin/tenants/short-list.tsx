import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { PartSkeleton } from '../../shared/states/page-skeleton.tsx';
import { ErrorState } from '../../shared/states/states.tsx';

/** One thing of a short list, with the way to it. */
export interface ShortRow {
  readonly id: string;
  readonly text: string;
  readonly href: string;
  /** Of what, whose and since or until when. */
  readonly about: ReactNode;
}

interface ShortListProps {
  readonly title: string;
  /** Absent while they are on their way. */
  readonly rows: readonly ShortRow[] | undefined;
  /** What is said where there are none. */
  readonly none: string;
  /** Where all of them are. */
  readonly all: { readonly text: string; readonly href: string };
  readonly error: Error | null;
  readonly retry: () => void;
}

/** The first few of a list that has a page of its own. */
export function ShortList({ title, rows, none, all, error, retry }: ShortListProps) {
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" actions={<Link href={all.href}>{all.text}</Link>}>
          {title}
        </Header>
      }
    >
      {rows === undefined ? (
        error ? (
          <ErrorState error={error} retry={retry} />
        ) : (
          <PartSkeleton height="160px" />
        )
      ) : rows.length === 0 ? (
        <Box color="text-body-secondary">{none}</Box>
      ) : (
        <ul className="short-list">
          {rows.map(({ id, text, href, about }) => (
            <li key={id}>
              <Link href={href}>{text}</Link>
              <Box color="text-body-secondary" fontSize="body-s">
                {about}
              </Box>
            </li>
          ))}
        </ul>
      )}
    </Container>
  );
}
