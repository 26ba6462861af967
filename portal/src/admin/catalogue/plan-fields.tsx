import ColumnLayout from '@cloudscape-design/components/column-layout';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { FormField } from '../../shared/form/form-field.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import type { Product } from './catalogue.ts';

type Plan = Product['plan'];

interface PlanFieldsProps {
  readonly plan: Plan;
  readonly onChange: (plan: Plan) => void;
  readonly fault: string | undefined;
}

const PERIODS = [
  { value: 'day', label: 'a day' },
  { value: 'month', label: 'a month' },
];
const MINUTE_SECONDS = 60;

/** How much a subscription may call: a limit by the minute, and a quota by the calendar. Other limits are kept. */
export function PlanFields({ plan, onChange, fault }: PlanFieldsProps) {
  const others = plan.rateLimits.filter(({ windowSeconds }) => windowSeconds !== MINUTE_SECONDS);
  const minute = plan.rateLimits.find(({ windowSeconds }) => windowSeconds === MINUTE_SECONDS);
  const period = plan.quota?.period ?? 'month';
  const limitOf = (text: string) => (text === '' ? undefined : Number(text));
  return (
    <ColumnLayout columns={2}>
      <FormField label={<Optional>Requests a minute</Optional>} fault={fault}>
        <Input
          type="number"
          inputMode="numeric"
          value={minute === undefined ? '' : String(minute.limit)}
          onChange={({ detail }) => {
            const limit = limitOf(detail.value);
            const own = limit === undefined ? [] : [{ limit, windowSeconds: MINUTE_SECONDS }];
            onChange({ ...plan, rateLimits: [...own, ...others] });
          }}
        />
      </FormField>
      <FormField label={<Optional>Quota</Optional>}>
        <ColumnLayout columns={2}>
          <Input
            type="number"
            inputMode="numeric"
            ariaLabel="Requests in the quota’s period"
            value={plan.quota === null ? '' : String(plan.quota.limit)}
            onChange={({ detail }) => {
              const limit = limitOf(detail.value);
              onChange({ ...plan, quota: limit === undefined ? null : { limit, period } });
            }}
          />
          <Select
            options={PERIODS}
            selectedOption={PERIODS.find(({ value }) => value === period) ?? null}
            disabled={plan.quota === null}
            ariaLabel="The quota’s period"
            onChange={({ detail }) => {
              if (plan.quota === null) return;
              onChange({
                ...plan,
                quota: { ...plan.quota, period: detail.selectedOption.value as 'day' | 'month' },
              });
            }}
          />
        </ColumnLayout>
      </FormField>
    </ColumnLayout>
  );
}
