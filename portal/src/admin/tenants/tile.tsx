import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Link from '@cloudscape-design/components/link';
import Skeleton from '@cloudscape-design/components/skeleton';

interface TileProps {
  readonly title: string;
  readonly href: string;
  readonly of: {
    readonly data?: { readonly items: readonly unknown[]; readonly nextCursor: string | null } | undefined;
    readonly isLoading: boolean;
  };
}

/** How many there are of something, and the way to them. */
export function Tile({ title, href, of: { data, isLoading } }: TileProps) {
  const text = data === undefined ? '–' : `${data.items.length}${data.nextCursor === null ? '' : '+'}`;
  return (
    <Container>
      <Box color="text-body-secondary">{title}</Box>
      {isLoading ? (
        <Skeleton variant="text-heading-xl" width="48px" />
      ) : (
        <Link href={href} fontSize="display-l" ariaLabel={`${title}: ${text}`}>
          {text}
        </Link>
      )}
    </Container>
  );
}
