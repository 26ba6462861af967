import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import { KeyEnd } from './key-end.tsx';
import { KeyNetworks } from './key-networks.tsx';
import type { StepProps } from './new-key.ts';

/** Where and for how long the key works, and how often. All of it can be changed later. */
export function KeyRestrictions({ title = '4. Restrictions', ...step }: StepProps & { title?: string }) {
  const { draft, change, error } = step;
  return (
    <Container header={<Header variant="h2">{title}</Header>}>
      <SpaceBetween size="l">
        <KeyEnd {...step} />
        <KeyNetworks {...step} />
        {(draft.type === 'publishable' || draft.origins !== '') && <Origins {...step} />}
        <FormField
          label={<Optional>Requests a minute</Optional>}
          description="More are refused with 429. None for no limit of its own."
          fault={faultOf(error, 'rateLimits')}
        >
          <Input
            type="number"
            inputMode="numeric"
            value={draft.perMinute}
            onChange={({ detail }) => change({ perMinute: detail.value })}
            placeholder="600"
          />
        </FormField>
        <Metadata {...step} />
      </SpaceBetween>
    </Container>
  );
}

function Origins({ draft, change, error }: StepProps) {
  return (
    <FormField
      label={<Optional>Web origins</Optional>}
      constraintText="Such as https://shop.example.com or https://*.example.com, one a line. None for any."
      fault={faultOf(error, 'allowedOrigins')}
    >
      <Textarea
        value={draft.origins}
        rows={2}
        placeholder="https://shop.example.com"
        onChange={({ detail }) => change({ origins: detail.value })}
      />
    </FormField>
  );
}

function Metadata({ draft, change, error }: StepProps) {
  const set = (index: number, part: object) =>
    change({ metadata: draft.metadata.map((pair, at) => (at === index ? { ...pair, ...part } : pair)) });
  return (
    <FormField
      label={<Optional>Metadata</Optional>}
      description="Whatever you want to remember with the key, such as a team or a ticket."
      fault={faultOf(error, 'metadata')}
      stretch
    >
      <AttributeEditor
        items={draft.metadata}
        addButtonText="Add"
        removeButtonText="Remove"
        onAddButtonClick={() => change({ metadata: [...draft.metadata, { key: '', value: '' }] })}
        onRemoveButtonClick={({ detail }) =>
          change({ metadata: draft.metadata.filter((_, at) => at !== detail.itemIndex) })
        }
        definition={[
          {
            label: 'Name',
            control: ({ key }, index) => (
              <Input
                value={key}
                onChange={({ detail }) => set(index, { key: detail.value })}
                placeholder="team"
              />
            ),
          },
          {
            label: 'Value',
            control: ({ value }, index) => (
              <Input value={value} onChange={({ detail }) => set(index, { value: detail.value })} />
            ),
          },
        ]}
      />
    </FormField>
  );
}
