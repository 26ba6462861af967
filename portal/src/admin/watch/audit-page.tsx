import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useTitle } from '../../shared/shell/page.tsx';
import { useScope } from '../scope.tsx';
import { AuditList } from './audit-list.tsx';

export function AuditPage() {
  const { tenantId } = useScope();
  const [tail, setTail] = useState(false);
  const [search] = useSearchParams();
  useTitle('Audit log');
  const filter = new URLSearchParams(search);
  if (tenantId !== undefined) filter.set('tenantId', tenantId);
  return (
    <AuditList
      tenantId={tenantId}
      tail={tail}
      actions={
        <SpaceBetween direction="horizontal" size="m" alignItems="center">
          <Toggle checked={tail} onChange={({ detail }) => setTail(detail.checked)}>
            Follow
          </Toggle>
          <Button iconName="download" href={`/v1/audit/export?${filter}`} download="audit.jsonl">
            Export these
          </Button>
        </SpaceBetween>
      }
    />
  );
}
