import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { reading } from '../../shared/api/queries.ts';
import { PersonName } from '../../shared/people/person-name.tsx';
import { CopyText } from '../../shared/show/copy-text.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { planInWords } from '../../shared/show/limits.ts';
import { type Subscription, SubscriptionState } from '../../shared/show/subscription-state.tsx';
import { Time } from '../../shared/show/time.tsx';
import { PRODUCT } from '../catalogue/product.ts';

export function SubscriptionFacts({ of }: { of: Subscription }) {
  const { productId } = of;
  // Its operator may have taken it from the catalogue since.
  const { data: product } = useQuery(reading(PRODUCT, { path: { productId } }));
  const plan = of.limits ?? product?.plan;
  return (
    <Container header={<Header variant="h2">Details</Header>}>
      <Facts
        facts={[
          [
            'State',
            <Fragment key="state">
              <SubscriptionState state={of.state} withdrawn={of.withdrawn} /> since{' '}
              <Time at={of.decidedAt ?? of.createdAt} />
            </Fragment>,
          ],
          [
            'Product',
            product === undefined ? (
              of.productName
            ) : (
              <Link key="product" href={`/products/${productId}`}>
                {of.productName}
              </Link>
            ),
          ],
          ['Limits', plan && planInWords(plan) + (of.limits === null ? '' : ', of its own')],
          ['Requested', <Time key="createdAt" at={of.createdAt} />],
          [
            'Requested by',
            <PersonName key="by" id={of.createdBy} name={of.createdByName} tenantId={of.tenantId} />,
          ],
          ['What it is for', of.use],
          [of.withdrawn ? 'Withdrawn by' : 'Decided by', of.decidedByName],
          ['Terms accepted', of.termsVersion],
          ['Subscription ID', <CopyText key="id" text={of.subscriptionId} what="subscription ID" shown />],
        ]}
      />
    </Container>
  );
}
