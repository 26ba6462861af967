import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { CodeBlock } from '../../shared/show/code-block.tsx';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { PRODUCT } from '../catalogue/product.ts';
import { explorerUrl } from '../explorer/explorer-url.ts';
import type { ShownKeys } from './subscription.ts';

interface ClientKeysProps {
  readonly of: Subscription;
  readonly shown: ShownKeys['clientKeys'] | undefined;
}

/** The APIs that the keys open: where to try them, and the client key that some of them want beside. */
export function ClientKeys({ of: { productId, subscriptionId, state }, shown }: ClientKeysProps) {
  const { data: product } = useQuery(reading(PRODUCT, { path: { productId } }));
  if (product === undefined) return null;
  return (
    <SpaceBetween size="xs">
      <Box variant="awsui-key-label">APIs that they open</Box>
      {product.apis.map(({ apiId, name }) => (
        <SpaceBetween key={apiId} size="xxs">
          <Link href={explorerUrl({ apiId, subscriptionId })}>Try {name} in the explorer</Link>
          <ClientKey name={name} text={shown?.find((each) => each.apiId === apiId)?.clientKey} />
        </SpaceBetween>
      ))}
      {(shown === undefined || state === 'pending') && (
        <Box color="text-body-secondary" fontSize="body-s">
          Client keys, where an API wants one, are shown together with the keys
          {state === 'pending' && ' once it is approved'}.
        </Box>
      )}
    </SpaceBetween>
  );
}

function ClientKey({ name, text }: { name: string; text: string | null | undefined }) {
  if (typeof text !== 'string') return null;
  return (
    <div className="secret">
      <Box variant="awsui-key-label">Client key of {name}</Box>
      <CodeBlock text={text} what={`client key of ${name}`} />
    </div>
  );
}
