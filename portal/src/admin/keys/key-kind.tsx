import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import type { Key } from './key.ts';
import type { StepProps } from './new-key.ts';

const TYPES = [
  {
    value: 'secret',
    label: 'Secret',
    description: 'For servers. May do whatever its role may; nobody else may see it.',
  },
  {
    value: 'publishable',
    label: 'Publishable',
    description: 'For web pages and apps, where anybody can read it. Reads public routes only.',
  },
];

/** Which APIs the key opens, and where it may be kept: what can’t be changed later. */
export function KeyKind({ tenantId, draft, change, error }: StepProps) {
  const { data: tenant } = useQuery(reading('/v1/tenants/{tenantId}', { path: { tenantId } }));
  const environments = [
    { value: 'sandbox', label: 'Sandbox', description: 'For trying things out. It opens no live API.' },
    {
      value: 'live',
      label: 'Live',
      description: liveInWords(tenant),
      disabled: tenant?.sandboxOnly === true,
    },
  ];
  return (
    <Container
      header={
        <Header variant="h2" description="Neither can be changed later.">
          2. Environment and type
        </Header>
      }
    >
      <SpaceBetween size="l">
        <FormField label="Environment" fault={faultOf(error, 'environment')}>
          <Tiles
            value={draft.environment}
            items={environments}
            onChange={({ detail }) => change({ environment: detail.value as Key['environment'] })}
          />
        </FormField>
        <FormField label="Type" fault={faultOf(error, 'type')}>
          <Tiles
            value={draft.type}
            items={TYPES}
            onChange={({ detail }) => change({ type: detail.value as Key['type'] })}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

interface Standing {
  readonly sandboxOnly: boolean;
  readonly settings: { readonly requireApproval: boolean };
}

function liveInWords(tenant: Standing | undefined): string {
  if (tenant?.sandboxOnly) return 'For real data. This tenant is for the sandbox alone.';
  if (tenant?.settings.requireApproval)
    return 'For real data. Here it waits until a second admin approves it, and so do its changes.';
  return 'For real data. Whoever calls with it changes what customers see.';
}
