import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import type { Key } from './key.ts';
import type { StepProps } from './new-key.ts';

const ENVIRONMENTS = [
  { value: 'sandbox', label: 'Sandbox', description: 'For trying things out. It opens no live API.' },
  { value: 'live', label: 'Live', description: 'For real data. Changes may need a second admin.' },
];
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

/** What the key is called, and what kind of key it is. */
export function KeyBasics({ draft, change, error }: StepProps) {
  return (
    <Container header={<Header variant="h2">1. Name and kind</Header>}>
      <SpaceBetween size="l">
        <FormField
          label="Name"
          description="What uses it, so that others know whom to ask."
          fault={faultOf(error, 'name')}
        >
          <Input
            value={draft.name}
            onChange={({ detail }) => change({ name: detail.value })}
            placeholder="Order service"
            autoFocus
          />
        </FormField>
        <FormField label="Environment" fault={faultOf(error, 'environment')}>
          <Tiles
            value={draft.environment}
            items={ENVIRONMENTS}
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
