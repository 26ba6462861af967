import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { isStale, useChange } from '../../shared/api/change.ts';
import { useEdit } from '../../shared/api/edit.ts';
import { useCan, useMe } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { ChangedMeanwhile, saving } from '../../shared/form/changed-meanwhile.tsx';
import { FormError, faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { useDraft } from '../../shared/form/use-draft.ts';
import { Page } from '../../shared/shell/page.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywrightWith } from '../../shared/show/command-line.ts';
import type { Tenant } from '../../shared/show/suspended.tsx';
import { PageSkeleton } from '../../shared/states/page-skeleton.tsx';
import { ErrorState } from '../../shared/states/states.tsx';
import { useTenantId } from '../scope.tsx';
import { GoingLive } from './going-live.tsx';
import { type SentSettings, withPolicy } from './key-policies.ts';
import { KeyPolicyFields } from './key-policy-fields.tsx';
import { OperatorSettings } from './operator-settings.tsx';
import { Suspend } from './suspension.tsx';
import { STALE_WITH_TENANT, TENANT, WAITS } from './use-tenant-change.ts';

const LEAK_RESPONSES = [
  { value: 'revoke', label: 'Revoke it at once', description: 'Whoever still sends it is refused.' },
  { value: 'notify', label: 'Tell people', description: 'It goes on working until somebody decides.' },
];

export function SettingsPage() {
  const tenantId = useTenantId();
  const { tenants } = useMe();
  const { data, error, refetch } = useQuery(reading(TENANT, { path: { tenantId } }));
  if (data === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
  }
  return (
    <Page title="Settings" description={`Of ${data.name}, ${data.tenantId}.`} actions={<Suspend of={data} />}>
      <SpaceBetween size="l">
        {data.sandboxOnly && <GoingLive of={data} />}
        <TenantForm key={tenantId} of={data} />
        {tenants === '*' && <OperatorSettings />}
      </SpaceBetween>
    </Page>
  );
}

function TenantForm({ of: tenant }: { of: Tenant }) {
  const { tenantId } = tenant;
  const can = useCan(tenantId);
  // What the form began with: the tenant itself is read again meanwhile.
  const [before, setBefore] = useState({ name: tenant.name, settings: tenant.settings });
  const { values, change, restart } = useDraft<{ name: string; settings: SentSettings }>(
    `tenant.${tenantId}`,
    before,
  );
  const { name, settings } = values;
  const setSettings = (changed: SentSettings) => change({ settings: changed });
  const edit = useEdit(TENANT, { path: { tenantId } }, before);
  const body = { name: name.trim(), settings };
  const save = useChange(
    async () => {
      const params = { path: { tenantId }, header: { 'If-Match': edit.etag ?? '*' } };
      return (await api.PATCH(TENANT, { params, body })).data;
    },
    {
      onStale: edit.reread,
      after: (result) => {
        if (isWaiting(result)) return;
        const saved = { name: result.name, settings: result.settings };
        setBefore(saved);
        restart(saved);
      },
      stale: STALE_WITH_TENANT,
      done: (result) => (isWaiting(result) ? WAITS : { type: 'success', header: 'Saved' }),
    },
  );
  const mayChange = can('updateTenant');
  const unchanged = JSON.stringify(body) === JSON.stringify({ name: tenant.name, settings: tenant.settings });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(undefined);
      }}
    >
      <Form
        actions={
          mayChange && (
            <Button variant="primary" loading={save.isPending} disabled={unchanged} loadingText="Saving">
              {saving(edit)}
            </Button>
          )
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Tenant</Header>}>
            <FormField label="Name" fault={faultOf(save.error, 'name')}>
              <Input
                value={name}
                disabled={!mayChange}
                onChange={({ detail }) => change({ name: detail.value })}
              />
            </FormField>
          </Container>
          <Safety settings={settings} disabled={!mayChange} onChange={setSettings} />
          <KeyPolicyFields
            policies={settings.keyPolicies}
            disabled={!mayChange}
            faultOf={(field) => faultOf(save.error, field)}
            onChange={(environment, policy) =>
              setSettings(withPolicy(settings, environment, policy, before.settings))
            }
          />
          <AsCode
            method="PATCH"
            path={`/v1/tenants/${tenantId}`}
            body={body}
            command={keywrightWith(['tenants', 'update', tenantId], body)}
          />
          <ChangedMeanwhile
            of={edit}
            mine={body}
            labels={{ name: 'Name', settings: 'Safety and key policy' }}
          />
          <FormError error={isStale(save.error) ? null : save.error} fields={['name']} />
        </SpaceBetween>
      </Form>
    </form>
  );
}

interface SafetyProps {
  readonly settings: SentSettings;
  readonly disabled: boolean;
  readonly onChange: (settings: SentSettings) => void;
}

function Safety({ settings, disabled, onChange }: SafetyProps) {
  return (
    <Container header={<Header variant="h2">Safety</Header>}>
      <SpaceBetween size="l">
        <FormField
          label="Four eyes"
          description="Operations on live keys wait until a second admin approves them. What stops access never waits."
        >
          <Toggle
            checked={settings.requireApproval}
            disabled={disabled}
            onChange={({ detail }) => onChange({ ...settings, requireApproval: detail.checked })}
          >
            A second admin approves
          </Toggle>
        </FormField>
        <FormField label="When a key is reported as leaked">
          <RadioGroup
            value={settings.leakResponse}
            items={LEAK_RESPONSES.map((item) => ({ ...item, disabled }))}
            onChange={({ detail }) =>
              onChange({ ...settings, leakResponse: detail.value as Tenant['settings']['leakResponse'] })
            }
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}
