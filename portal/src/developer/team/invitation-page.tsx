import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { forgetInvitationToken, invitationToken } from '../../shared/api/invitation-token.ts';
import { useMe } from '../../shared/api/me.ts';
import { FormError } from '../../shared/form/form-error.tsx';
import { Page } from '../../shared/shell/page.tsx';

/** Where the link of an invitation leads: who is signed in accepts it, or signs in as who was invited. */
export function InvitationPage() {
  const token = invitationToken();
  return (
    <Page title="Invitation">
      <Container>
        {token === undefined ? (
          <Box>
            Open the link of the invitation as it stands in the mail. One that was accepted already has
            nothing left to do.
          </Box>
        ) : (
          <Acceptance token={token} />
        )}
      </Container>
    </Page>
  );
}

function Acceptance({ token }: { token: string }) {
  const me = useMe();
  const navigate = useNavigate();
  const accept = useChange(async () => (await api.POST('/v1/invitations/accept', { body: { token } })).data, {
    stale: ['/v1/me', '/v1/tenants'],
    done: ({ tenantId, member }) => ({
      type: 'success',
      header: `You act for ${tenantId} now, as ${member.role}`,
    }),
    after: () => {
      forgetInvitationToken();
      void navigate('/');
    },
  });
  return (
    <SpaceBetween size="m">
      <Box>
        You were invited to act for a tenant. Accept as <strong>{me.email ?? me.sub}</strong>; if the
        invitation is for another address of yours, sign out first and sign in with that.
      </Box>
      <FormError error={accept.error} />
      <Button
        variant="primary"
        loading={accept.isPending}
        loadingText="Accepting"
        onClick={() => accept.mutate(undefined)}
      >
        Accept
      </Button>
    </SpaceBetween>
  );
}
