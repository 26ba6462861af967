import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useTenants } from '../../shared/api/tenants.ts';
import { TenantChoice } from '../../shared/form/tenant-choice.tsx';
import type { Credentials } from './api-call.ts';
import type { Api } from './explorer-state.ts';
import type { NamedKey } from './known-key.ts';
import { SecretField } from './secret-field.tsx';
import { SubscriptionKeyChoice } from './subscription-key-choice.tsx';
import { TokenField } from './token-field.tsx';

interface CredentialFieldsProps {
  readonly of: Api;
  readonly credentials: Credentials;
  readonly known: NamedKey;
  readonly onChange: (part: Partial<Credentials>) => void;
}

/** What calls are made with. Nothing of it is sent anywhere but to the API itself. */
export function CredentialFields(props: CredentialFieldsProps) {
  const { of: api, credentials, known, onChange } = props;
  return (
    <Container
      header={
        <Header variant="h2" description="They are sent to the API alone, and forgotten with this page.">
          Keys
        </Header>
      }
    >
      <SpaceBetween size="m">
        {api.scheme === 'subscription' && <SubscriptionKeyChoice of={api} onChange={onChange} />}
        <SecretField
          label={api.scheme === 'subscription' ? 'Subscription key' : 'API key'}
          description={
            api.scheme === 'subscription' ? 'From above, or pasted.' : 'Pasted: keys are shown once.'
          }
          value={credentials.key}
          fault={known.problem}
          onChange={(key) => onChange({ key })}
        />
        {api.clientKeyRequired && (
          <SecretField
            label="Client key"
            description="Names the API; it comes with the subscription’s key."
            value={credentials.clientKey}
            onChange={(clientKey) => onChange({ clientKey })}
          />
        )}
        {api.scheme === 'tenant' && (
          <TenantField tenantId={credentials.tenantId} known={known} onChange={onChange} />
        )}
        {api.oauth && (
          <TokenField of={api.oauth} token={credentials.token} onChange={(token) => onChange({ token })} />
        )}
      </SpaceBetween>
    </Container>
  );
}

interface TenantFieldProps {
  /** The one that was chosen; empty for none. */
  readonly tenantId: string;
  readonly known: NamedKey;
  readonly onChange: (part: Partial<Credentials>) => void;
}

/** Whose the key is, where that is known, until another one is chosen. */
function TenantField({ tenantId, known, onChange }: TenantFieldProps) {
  const { tenants } = useTenants();
  const [first] = tenants;
  const owner = known.tenantId;
  const isAnothers = owner !== undefined && tenantId !== '' && tenantId !== owner;
  return (
    <FormField
      label="Tenant"
      description="Whose key it is; sent as x-tn."
      errorText={isAnothers ? `The key is of ${owner}: the API refuses it for another tenant.` : undefined}
    >
      <TenantChoice
        tenantId={tenantId || (owner ?? first?.tenantId)}
        onChoose={(chosen = '') => onChange({ tenantId: chosen })}
      />
    </FormField>
  );
}
