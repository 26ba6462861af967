import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import type { ApiDraft } from './api-draft.ts';

/** Fields of the body that the form of an API shows the faults of. */
export const API_FIELDS = ['name', 'description', 'baseUrl', 'clientKeyRequired', 'oauth'];
const OAUTH_FIELDS = ['issuer', 'audience', 'requiredScopes', 'requiredRoles'];

interface ApiFieldsProps {
  readonly draft: ApiDraft;
  readonly change: (part: Partial<ApiDraft>) => void;
  readonly error: Error | null;
}

/** What people are told of an API. */
export function ReaderFields({ draft, change, error }: ApiFieldsProps) {
  return (
    <SpaceBetween size="l">
      <FormField label="Name" fault={faultOf(error, 'name')}>
        <Input
          value={draft.name}
          placeholder="Orders"
          onChange={({ detail }) => change({ name: detail.value })}
        />
      </FormField>
      <FormField label={<Optional>Description</Optional>} fault={faultOf(error, 'description')}>
        <Textarea
          value={draft.description}
          rows={2}
          placeholder="What it does, for whoever chooses an API"
          onChange={({ detail }) => change({ description: detail.value })}
        />
      </FormField>
      <FormField
        label={<Optional>Base URL</Optional>}
        description="Where callers reach it, before the paths of its routes."
        fault={faultOf(error, 'baseUrl')}
      >
        <Input
          value={draft.baseUrl}
          inputMode="url"
          placeholder="https://api.example.com/orders"
          onChange={({ detail }) => change({ baseUrl: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}

/** What callers of an API of the subscription scheme send beside a subscription's key. */
export function CallerFields({ draft, change, error, problem }: ApiFieldsProps & { problem?: string }) {
  const isOfField = OAUTH_FIELDS.some((field) => faultOf(error, `oauth.${field}`) !== undefined);
  return (
    <SpaceBetween size="l">
      <FormField
        label="Client key"
        description="The API’s own, the same for all of its callers."
        fault={faultOf(error, 'clientKeyRequired')}
      >
        <Toggle
          checked={draft.clientKeyRequired}
          onChange={({ detail }) => change({ clientKeyRequired: detail.checked })}
        >
          Callers send it as well
        </Toggle>
      </FormField>
      <FormField
        label="OAuth token"
        description="An access token of the issuer that callers sign in at."
        errorText={problem}
        fault={isOfField ? undefined : faultOf(error, 'oauth')}
      >
        <Toggle
          checked={draft.tokenRequired}
          onChange={({ detail }) => change({ tokenRequired: detail.checked })}
        >
          Callers send one as well
        </Toggle>
      </FormField>
      {draft.tokenRequired && <TokenFields draft={draft} change={change} error={error} />}
    </SpaceBetween>
  );
}

function TokenFields({ draft, change, error }: ApiFieldsProps) {
  const fault = (field: string) => faultOf(error, `oauth.${field}`);
  return (
    <SpaceBetween size="l">
      <FormField
        label="Issuer"
        description="As its tokens have it in iss. Its keys are found by OpenID Connect discovery."
        fault={fault('issuer')}
      >
        <Input
          value={draft.issuer}
          inputMode="url"
          placeholder="https://id.example.com"
          onChange={({ detail }) => change({ issuer: detail.value })}
        />
      </FormField>
      <FormField label="Audience" description="As its tokens have it in aud." fault={fault('audience')}>
        <Input
          value={draft.audience}
          placeholder="orders"
          onChange={({ detail }) => change({ audience: detail.value })}
        />
      </FormField>
      <FormField
        label={<Optional>Scopes</Optional>}
        description="Every token needs all of them. Separated by spaces."
        fault={fault('requiredScopes')}
      >
        <Input
          value={draft.scopes}
          placeholder="orders.read"
          onChange={({ detail }) => change({ scopes: detail.value })}
        />
      </FormField>
      <FormField
        label={<Optional>Roles</Optional>}
        description="Every token needs all of them. One a line."
        fault={fault('requiredRoles')}
      >
        <Textarea value={draft.roles} rows={2} onChange={({ detail }) => change({ roles: detail.value })} />
      </FormField>
    </SpaceBetween>
  );
}
