import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Toggle from '@cloudscape-design/components/toggle';
import { lazy, Suspense, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useCan, useMe } from '../../shared/api/me.ts';
import { useTitle } from '../../shared/shell/page.tsx';
import { CopyText } from '../../shared/show/copy-text.tsx';
import { useScope } from '../scope.tsx';
import { AuditList } from './audit-list.tsx';
import type { Verified } from './verify-chain.ts';

const VerifyDialog = lazy(async () => ({ default: (await import('./verify-dialog.tsx')).VerifyDialog }));

export function AuditPage() {
  const { tenantId } = useScope();
  return <Log key={tenantId} tenantId={tenantId} />;
}

function Log({ tenantId }: { tenantId: string | undefined }) {
  const can = useCan(tenantId);
  // The chain of what belongs to no tenant is for whoever acts for all.
  const isTheirs = useMe().tenants === '*' || tenantId !== undefined;
  const [tail, setTail] = useState(false);
  const [verifying, setVerifying] = useState(false);
  const [verified, setVerified] = useState<Verified>();
  const [search] = useSearchParams();
  useTitle('Audit log');
  const filter = new URLSearchParams(search);
  if (tenantId !== undefined) filter.set('tenantId', tenantId);
  return (
    <>
      <AuditList
        tenantId={tenantId}
        tail={tail}
        state={verified && <ChainState of={verified} />}
        actions={
          <SpaceBetween direction="horizontal" size="m" alignItems="center">
            <Toggle checked={tail} onChange={({ detail }) => setTail(detail.checked)}>
              Follow
            </Toggle>
            {isTheirs && can('getAuditChain') && <Button onClick={() => setVerifying(true)}>Verify</Button>}
            <Button iconName="download" href={`/v1/audit/export?${filter}`} download="audit.jsonl">
              Export these
            </Button>
          </SpaceBetween>
        }
      />
      {verifying && (
        <Suspense fallback={null}>
          <VerifyDialog tenantId={tenantId} onVerified={setVerified} onDismiss={() => setVerifying(false)} />
        </Suspense>
      )}
    </>
  );
}

/** What this browser has come to, for as long as the page stands. */
function ChainState({ of: { head, tampering } }: { of: Verified }) {
  if (tampering.length > 0)
    return <StatusIndicator type="error">Not as it was written: {tampering[0]?.message}</StatusIndicator>;
  if (head === undefined) return null;
  return (
    <SpaceBetween direction="horizontal" size="xxs" alignItems="center">
      <StatusIndicator type="success">
        Verified to #{head.seq}, head <span className="mono">{head.hash.slice(0, 8)}…</span>
      </StatusIndicator>
      <CopyText text={`${head.seq}:${head.hash}`} what="head" />
    </SpaceBetween>
  );
}
