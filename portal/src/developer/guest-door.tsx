import AppLayout from '@cloudscape-design/components/app-layout';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Route, Routes, useParams } from 'react-router';
import { useConfig } from '../shared/api/config.ts';
import { reading } from '../shared/api/queries.ts';
import { type Appearance, setAppearance } from '../shared/shell/appearance.ts';
import { signInUrl } from '../shared/shell/attention.ts';
import { SignIn } from '../shared/shell/sign-in.tsx';
import { useAppearanceItems } from '../shared/shell/top-bar.tsx';
import { CodeBlock } from '../shared/show/code-block.tsx';
import { PageSkeleton } from '../shared/states/page-skeleton.tsx';
import { Catalogue } from './catalogue/catalogue.tsx';
import type { PublicProduct } from './catalogue/product.ts';
import { ProductView } from './catalogue/product-view.tsx';

/** What there is for whoever has not signed in: the public products, and everywhere else the way to sign in. */
export function GuestDoor() {
  return (
    <Routes>
      <Route index element={<GuestCatalogue />} />
      <Route path="products/:productId" element={<GuestProduct />} />
      <Route path="*" element={<SignIn />} />
    </Routes>
  );
}

function usePublicProducts() {
  return useQuery(reading('/v1/catalogue', {}));
}

function GuestCatalogue() {
  const { data, error, refetch } = usePublicProducts();
  // Nothing to look at: then what people came for is to sign in.
  if (data?.items.length === 0) return <SignIn />;
  return (
    <GuestFrame>
      <Catalogue
        products={data?.items}
        error={error}
        retry={() => void refetch()}
        title="Catalogue"
        description="What you can call, and on which terms. Sign in to subscribe."
        empty=""
      />
    </GuestFrame>
  );
}

/** A product that is not public is one that only people who have signed in may know of. */
function GuestProduct() {
  const { productId } = useParams();
  const { data } = usePublicProducts();
  const product = data?.items.find((each) => each.productId === productId);
  if (product === undefined) return data === undefined ? <PageSkeleton /> : <SignIn />;
  return (
    <GuestFrame>
      <ProductView
        product={product}
        documentation={undefined}
        beside={<PublicClientKeys of={product} />}
        actions={
          <Button variant="primary" href={signInUrl()}>
            Sign in to subscribe
          </Button>
        }
      />
    </GuestFrame>
  );
}

/** What one sends beside a key to try the sandbox, where the operator publishes it. */
function PublicClientKeys({ of: { apis } }: { of: PublicProduct }) {
  const published = apis.flatMap(({ clientKey, ...api }) =>
    clientKey === null ? [] : [{ ...api, clientKey }],
  );
  if (published.length === 0) return null;
  return (
    <Container header={<Header variant="h2">Client keys</Header>}>
      <SpaceBetween size="s">
        {published.map(({ apiId, name, clientKey }) => (
          <div key={apiId}>
            <Box variant="awsui-key-label">Client-Key of {name}</Box>
            <CodeBlock text={clientKey} what={`client key of ${name}`} />
          </div>
        ))}
      </SpaceBetween>
    </Container>
  );
}

function GuestFrame({ children }: { children: ReactNode }) {
  const { brand } = useConfig();
  const appearances = useAppearanceItems();
  return (
    <>
      <div id="top">
        <TopNavigation
          identity={{
            href: '/',
            title: brand.name,
            logo: { src: brand.logoUrl ?? '/favicon.svg', alt: 'Logo' },
          }}
          utilities={[
            ...(brand.supportUrl
              ? [{ type: 'button' as const, text: 'Support', href: brand.supportUrl, external: true }]
              : []),
            {
              type: 'menu-dropdown',
              iconName: 'settings',
              ariaLabel: 'Appearance',
              title: 'Appearance',
              items: appearances,
              onItemClick: ({ detail: { id } }) => setAppearance(id as Appearance),
            },
            {
              type: 'button',
              variant: 'primary-button',
              text: 'Sign in',
              href: signInUrl(),
              disableUtilityCollapse: true,
            },
          ]}
        />
      </div>
      <AppLayout headerSelector="#top" navigationHide toolsHide content={children} />
    </>
  );
}
