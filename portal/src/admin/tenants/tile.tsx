import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Link from '@cloudscape-design/components/link';
import Skeleton from '@cloudscape-design/components/skeleton';
import { count } from '../../shared/show/limits.ts';

interface TileProps {
  readonly title: string;
  /** Where they are listed. */
  readonly href: string;
  /** Absent until it is known. */
  readonly number: number | undefined;
}

/** How many there are of something, and the way to them. */
export function Tile({ title, href, number }: TileProps) {
  const text = number === undefined ? '' : count(number);
  return (
    <Container fitHeight>
      <Box color="text-body-secondary">{title}</Box>
      {number === undefined ? (
        <Skeleton height="48px" />
      ) : (
        <Link href={href} fontSize="display-l" ariaLabel={`${title}: ${text}`}>
          {text}
        </Link>
      )}
    </Container>
  );
}
