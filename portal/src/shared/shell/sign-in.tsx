import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect } from 'react';
import { useConfig } from '../api/config.ts';
import { signInUrl } from './attention.ts';

/** Where somebody who has not signed in begins: one button, which leads back to the page that was asked for. */
export function SignIn() {
  const { brand } = useConfig();
  useEffect(() => {
    document.title = `Sign in – ${brand.name}`;
  }, [brand.name]);
  return (
    <main className="landing">
      <Container>
        <SpaceBetween size="l">
          <SpaceBetween size="xs">
            <img src={brand.logoUrl ?? '/favicon.svg'} alt="" height={40} />
            <Box variant="h1">{brand.name}</Box>
            <Box color="text-body-secondary">API keys, subscriptions and who may use them.</Box>
          </SpaceBetween>
          <Button variant="primary" fullWidth href={signInUrl()}>
            Sign in
          </Button>
          {brand.supportUrl && (
            <Box fontSize="body-s" color="text-body-secondary">
              No account, or no way in? <a href={brand.supportUrl}>Ask for help</a>.
            </Box>
          )}
        </SpaceBetween>
      </Container>
    </main>
  );
}
