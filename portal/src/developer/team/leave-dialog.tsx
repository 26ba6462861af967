import Box from '@cloudscape-design/components/box';
import { useNavigate } from 'react-router';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { MEMBERS } from '../../shared/people/member.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';

/** Gives up what the person may do for a tenant. */
export function LeaveDialog({ tenantId, onDismiss }: { tenantId: string; onDismiss: () => void }) {
  const navigate = useNavigate();
  const params = { path: { tenantId } };
  const leave = useChange(async () => (await api.DELETE('/v1/me/memberships/{tenantId}', { params })).data, {
    stale: ['/v1/me', '/v1/tenants', MEMBERS],
    done: () => ({ type: 'success', header: `You have left ${tenantId}` }),
    after: () => void navigate('/'),
  });
  return (
    <Dialog
      title={`Leave ${tenantId}`}
      action="Leave"
      busy={leave.isPending}
      error={leave.error}
      onSubmit={() => leave.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="DELETE"
          path={`/v1/me/memberships/${tenantId}`}
          command={keywright(['members', 'leave'], { tenant: tenantId })}
        />
      }
    >
      <Box>
        You can do nothing more for this tenant from the next request on, until somebody invites you again.
        What you have made stays: subscriptions and keys are the tenant’s.
      </Box>
    </Dialog>
  );
}
