import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { useConfig } from '../../shared/api/config.ts';
import { useMe } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { Facts } from '../../shared/show/facts.tsx';

const SIGN_UP = {
  off: 'By invitation only',
  domains: 'By verified addresses of the domains that are listed',
  request: 'By asking, which an admin approves',
  open: 'Anyone, with a tenant of their own for the sandbox',
} as const;

/** What holds for every tenant and is said where Keywright is deployed: to be read here by operators, and changed there. */
export function OperatorSettings() {
  const { vendor, features } = useMe();
  const { brand, apiOrigins } = useConfig();
  const { data: mail } = useQuery(reading('/v1/me/notifications', {}));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="They stand in the block keywright of cdk.json, and change with the next deployment."
        >
          Of all tenants
        </Header>
      }
    >
      <Facts
        columns={3}
        facts={[
          ['Keys begin with (vendor)', vendor === '' ? 'Nothing of its own' : `${vendor}_`],
          ['Signing up (portal.signUp)', SIGN_UP[features.signUp]],
          ['Name (portal.brand.name)', brand.name],
          ['Support (portal.brand.supportUrl)', brand.supportUrl ?? 'None'],
          ['The explorer may call (portal.apiOrigins)', apiOrigins.join(', ') || 'This origin alone'],
          ['Mail (mail)', mail === undefined ? undefined : mail.available ? 'Sent' : 'Not sent'],
        ]}
      />
    </Container>
  );
}
