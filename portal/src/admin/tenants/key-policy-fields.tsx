import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { FormField } from '../../shared/form/form-field.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { type Environment, type KeyPolicy, withRule } from './key-policies.ts';

const HOUR_SECONDS = 3600;

interface KeyPolicyFieldsProps {
  readonly policies: { readonly [name in Environment]?: KeyPolicy | null } | undefined;
  readonly disabled: boolean;
  /** What the API found wrong with a field of the body, by its name. */
  readonly faultOf: (field: string) => string | undefined;
  readonly onChange: (environment: Environment, policy: KeyPolicy) => void;
}

/** What new keys and rotations have to keep to, by environment. */
export function KeyPolicyFields({ policies, disabled, faultOf, onChange }: KeyPolicyFieldsProps) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="What new keys and rotations have to keep to; what is left empty is not asked. Keys that are there go on, and are reported as out of policy."
        >
          Key policy
        </Header>
      }
    >
      <ColumnLayout columns={2}>
        {(['sandbox', 'live'] as const).map((environment) => (
          <SpaceBetween key={environment} size="m">
            <EnvironmentBadge environment={environment} />
            <Rules
              environment={environment}
              policy={policies?.[environment] ?? {}}
              disabled={disabled}
              fault={(rule) => faultOf(`settings.keyPolicies.${environment}.${rule}`)}
              onChange={(policy) => onChange(environment, policy)}
            />
          </SpaceBetween>
        ))}
      </ColumnLayout>
    </Container>
  );
}

interface RulesProps {
  readonly environment: Environment;
  readonly policy: KeyPolicy;
  readonly disabled: boolean;
  readonly fault: (rule: keyof KeyPolicy) => string | undefined;
  readonly onChange: (policy: KeyPolicy) => void;
}

function Rules({ environment, policy, disabled, fault, onChange }: RulesProps) {
  const set = <Name extends keyof KeyPolicy>(name: Name, value: KeyPolicy[Name] | false) =>
    onChange(withRule(policy, name, value));
  const number = (label: string, rule: NumberRule, unitSeconds = 1) => (
    <FormField label={label} fault={fault(rule)}>
      <Input
        type="number"
        inputMode="numeric"
        ariaLabel={`${label}, ${environment}`}
        value={policy[rule] === undefined ? '' : String(policy[rule] / unitSeconds)}
        disabled={disabled}
        onChange={({ detail }) =>
          set(rule, detail.value === '' ? undefined : Math.round(Number(detail.value) * unitSeconds))
        }
      />
    </FormField>
  );
  const box = (label: string, rule: 'expiryRequired' | 'cidrRequired') => (
    <Checkbox
      checked={policy[rule] === true}
      disabled={disabled}
      ariaLabel={`${label}, ${environment}`}
      onChange={({ detail }) => set(rule, detail.checked)}
    >
      {label}
    </Checkbox>
  );
  return (
    <SpaceBetween size="m">
      <SpaceBetween size="xs">
        {box('Keys have to expire', 'expiryRequired')}
        {box('Secret keys are bound to networks', 'cidrRequired')}
      </SpaceBetween>
      {number('Longest life of a key, in days', 'maxLifetimeDays')}
      {number('Oldest a secret may get, in days', 'rotateEveryDays')}
      {number('Longest overlap of a rotation, in hours', 'maxOverlapSeconds', HOUR_SECONDS)}
    </SpaceBetween>
  );
}

type NumberRule = 'maxLifetimeDays' | 'rotateEveryDays' | 'maxOverlapSeconds';
