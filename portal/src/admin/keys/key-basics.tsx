import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import type { StepProps } from './new-key.ts';

/** What the key is called. */
export function KeyBasics({ draft, change, error }: StepProps) {
  return (
    <Container header={<Header variant="h2">1. Name</Header>}>
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
    </Container>
  );
}
