import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNow } from '../../shared/show/time.tsx';
import { fetchToken } from './fetch-token.ts';
import { SecretField } from './secret-field.tsx';
import { type TokenRequirement, tokenProblem } from './token-problem.ts';

interface TokenFieldProps {
  readonly of: TokenRequirement;
  readonly token: string;
  readonly onChange: (token: string) => void;
}

const TICK_MILLISECONDS = 10_000;

/** The access token that an API wants: pasted, or asked for by the client's own credentials. */
export function TokenField({ of: requirement, token, onChange }: TokenFieldProps) {
  const now = useNow(TICK_MILLISECONDS);
  return (
    <SpaceBetween size="xs">
      <SecretField
        label="Access token"
        description={`Of ${requirement.issuer}, for ${requirement.audience}.`}
        value={token}
        fault={token.trim() === '' ? undefined : tokenProblem(token, requirement, now)}
        onChange={onChange}
      />
      <ExpandableSection headerText="Get one by client credentials" variant="footer">
        <ByClientCredentials of={requirement} onToken={onChange} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function ByClientCredentials({ of, onToken }: { of: TokenRequirement; onToken: (token: string) => void }) {
  const [clientId, setClientId] = useState('');
  const [clientSecret, setClientSecret] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const ask = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      onToken(await fetchToken(of, { clientId, clientSecret }));
      setClientSecret('');
    } catch (error) {
      setFault(`${(error as Error).message}.`);
    }
    setBusy(false);
  };
  return (
    <SpaceBetween size="s">
      <FormField label="Client ID">
        <Input value={clientId} autoComplete={false} onChange={({ detail }) => setClientId(detail.value)} />
      </FormField>
      <SecretField
        label="Client secret"
        description="Sent to the issuer alone, and forgotten once the token is there."
        value={clientSecret}
        onChange={setClientSecret}
      />
      <FormField errorText={fault}>
        <Button
          formAction="none"
          loading={busy}
          disabled={clientId === '' || clientSecret === ''}
          onClick={() => void ask()}
        >
          Get a token
        </Button>
      </FormField>
    </SpaceBetween>
  );
}
