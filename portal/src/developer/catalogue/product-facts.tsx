import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import { CopyText } from '../../shared/show/copy-text.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { planInWords } from '../../shared/show/limits.ts';
import type { ListedProduct } from './product.ts';

/** What one agrees to by subscribing. */
export function ProductFacts({ of: product }: { of: ListedProduct }) {
  return (
    <Container header={<Header variant="h2">At a glance</Header>}>
      <Facts
        columns={1}
        facts={[
          ['Environment', <EnvironmentBadge key="environment" environment={product.environment} />],
          ['Plan', planInWords(product.plan)],
          [
            'Approval',
            product.requiresApproval
              ? 'An admin decides on each subscription'
              : 'None: keys work as soon as you subscribe',
          ],
          ['Terms', <Terms key="terms" of={product} />],
          ['Product ID', <CopyText key="id" text={product.productId} what="product ID" shown />],
        ]}
      />
    </Container>
  );
}

function Terms({ of: { termsUrl, termsVersion } }: { of: ListedProduct }) {
  const name = termsVersion === null ? 'Terms' : `Version ${termsVersion}`;
  if (termsUrl === null) return termsVersion === null ? 'None of its own' : name;
  return (
    <Link href={termsUrl} external rel="noreferrer noopener">
      {name}
    </Link>
  );
}
