import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Grid from '@cloudscape-design/components/grid';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, type ReactNode, Suspense } from 'react';
import { Page } from '../../shared/shell/page.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { PageSkeleton } from '../../shared/states/page-skeleton.tsx';
import type { ListedProduct } from './product.ts';
import { ProductFacts } from './product-facts.tsx';

const SafeMarkdown = lazy(async () => ({ default: (await import('./markdown.tsx')).SafeMarkdown }));
const ApiOperations = lazy(async () => ({ default: (await import('./api-operations.tsx')).ApiOperations }));

interface ProductViewProps {
  readonly product: ListedProduct;
  /** Its page; undefined for whoever has not signed in, null where it has none. */
  readonly documentation: string | null | undefined;
  readonly actions: ReactNode;
  readonly beside?: ReactNode;
  readonly children?: ReactNode;
}

/** A product: what its operator says of it and what its APIs can do, beside its terms. */
export function ProductView({ product, documentation, actions, beside, children }: ProductViewProps) {
  const isSignedIn = documentation !== undefined;
  return (
    <Page
      title={product.name}
      description={product.description}
      above={[{ text: 'Catalogue', href: '/' }]}
      beside={<EnvironmentBadge environment={product.environment} />}
      actions={actions}
    >
      <Grid gridDefinition={[{ colspan: { default: 12, s: 8 } }, { colspan: { default: 12, s: 4 } }]}>
        <Suspense fallback={<PageSkeleton />}>
          <SpaceBetween size="l">
            {documentation && (
              <Container>
                <SafeMarkdown text={documentation} />
              </Container>
            )}
            {isSignedIn ? (
              product.apis.map((api) => <ApiOperations key={api.apiId} of={api} />)
            ) : (
              <ForGuests of={product} />
            )}
          </SpaceBetween>
        </Suspense>
        <SpaceBetween size="l">
          {beside}
          <ProductFacts of={product} />
        </SpaceBetween>
      </Grid>
      {children}
    </Page>
  );
}

function ForGuests({ of: { apis } }: { of: ListedProduct }) {
  return (
    <Container>
      <Box>
        It opens {apis.map(({ name }) => name).join(', ') || 'no API yet'}. Sign in to read its documentation,
        to see what its APIs can do, and to subscribe.
      </Box>
    </Container>
  );
}
