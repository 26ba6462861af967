import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Link from '@cloudscape-design/components/link';
import { Route, Routes } from 'react-router';
import { useCan, useMe } from '../shared/api/me.ts';
import { Page } from '../shared/shell/page.tsx';
import { Shell } from '../shared/shell/shell.tsx';
import { NotFoundState } from '../shared/states/states.tsx';

/** What developers use: `/`. */
export function Component() {
  const can = useCan();
  return (
    <Shell
      home="/"
      items={[{ type: 'link', text: 'Home', href: '/' }]}
      {...(can('createKey') && { otherDoor: { text: 'Admin', href: '/admin' } })}
    >
      <Routes>
        <Route index element={<Home />} />
        <Route path="*" element={<NotFoundState />} />
      </Routes>
    </Shell>
  );
}

function Home() {
  const { tenants } = useMe();
  return (
    <Page title="Home">
      <Container>
        {tenants === '*' ? (
          <Box>
            You act for every tenant. Keys, roles and approvals are behind the{' '}
            <Link href="/admin">admins’ door</Link>.
          </Box>
        ) : (
          <ul>
            {tenants.map(({ tenantId, name, role }) => (
              <li key={tenantId}>
                {name} ({role ?? 'member'})
              </li>
            ))}
          </ul>
        )}
      </Container>
    </Page>
  );
}
