import Multiselect from '@cloudscape-design/components/multiselect';
import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { FormField } from '../../shared/form/form-field.tsx';
import { APIS } from './catalogue.ts';

interface ApiChoiceProps {
  readonly chosen: readonly string[];
  readonly onChoose: (apiIds: string[]) => void;
  readonly fault: string | undefined;
}

/** Which APIs a product bundles: of one environment, by subscription. */
export function ApiChoice({ chosen, onChoose, fault }: ApiChoiceProps) {
  const { data, isPending } = useQuery(reading(APIS, { query: { limit: 100 } }));
  const options = (data?.items ?? [])
    .filter(({ scheme }) => scheme === 'subscription')
    .map(({ apiId, name, environment }) => ({ value: apiId, label: name, description: environment }));
  return (
    <FormField label="APIs" description="All of one environment, which is then the product’s." fault={fault}>
      <Multiselect
        options={options}
        selectedOptions={chosen.map(
          (apiId) => options.find(({ value }) => value === apiId) ?? { value: apiId, label: apiId },
        )}
        onChange={({ detail }) => onChoose(detail.selectedOptions.flatMap(({ value }) => value ?? []))}
        placeholder="Choose APIs"
        statusType={isPending ? 'loading' : 'finished'}
        empty="No API takes subscriptions yet"
      />
    </FormField>
  );
}
