import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Steps from '@cloudscape-design/components/steps';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { baseOf } from '../scope.tsx';
import type { Key } from './key.ts';

/** The secrets that have not ended, newest first. */
export function KeySecrets({ of: key }: { of: Key }) {
  if (key.secrets.length === 0) {
    return <EmptyState title="No secrets">Those of a revoked key are gone.</EmptyState>;
  }
  const rotating = key.secrets.length > 1;
  return (
    <Container
      header={
        <Header
          variant="h3"
          actions={
            rotating && (
              <Button href={`${baseOf(key.tenantId)}/keys/${key.keyId}/rotation`}>Watch the rotation</Button>
            )
          }
        >
          Secrets
        </Header>
      }
    >
      <Steps
        ariaLabel="Secrets, newest first"
        steps={key.secrets.map(({ hint, createdAt, expiresAt, lastUsedAt }, index) => ({
          status: index === 0 ? ('success' as const) : ('in-progress' as const),
          statusIconAriaLabel: index === 0 ? 'Current' : 'Ends soon',
          header: (
            <span>
              {index === 0 ? 'Current' : 'Old'} <span className="mono">…{hint}</span>
            </span>
          ),
          details: (
            <span>
              Created <Time at={createdAt} />, last used <Time at={lastUsedAt} fallback="never" />
              {expiresAt !== null && (
                <>
                  , ends <Time at={expiresAt} />
                </>
              )}
            </span>
          ),
        }))}
      />
    </Container>
  );
}
