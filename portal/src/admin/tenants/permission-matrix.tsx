import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { FormField } from '../../shared/form/form-field.tsx';

interface PermissionMatrixProps {
  readonly permissions: readonly string[];
  readonly onChange: (permissions: readonly string[]) => void;
  readonly fault: string | undefined;
}

const ACTIONS = ['read', 'write'] as const;
const RESOURCE = /^(?:\*|[a-z][a-z0-9_-]*)$/;

/** Which resources a role may read and write; `*` is every resource. */
export function PermissionMatrix({ permissions, onChange, fault }: PermissionMatrixProps) {
  const [resources, setResources] = useState(() => [
    ...new Set(['*', ...permissions.map((permission) => permission.split(':')[0] ?? '')]),
  ]);
  const [typed, setTyped] = useState('');
  const add = () => {
    setResources([...resources, typed]);
    onChange([...permissions, `${typed}:read`]);
    setTyped('');
  };
  return (
    <FormField label="Permissions" fault={fault} stretch>
      <SpaceBetween size="s">
        {resources.map((resource) => (
          <MatrixRow key={resource} resource={resource} permissions={permissions} onChange={onChange} />
        ))}
        <SpaceBetween direction="horizontal" size="xs">
          <Input
            value={typed}
            ariaLabel="Another resource"
            placeholder="orders"
            onChange={({ detail }) => setTyped(detail.value)}
          />
          <Button
            formAction="none"
            disabled={!RESOURCE.test(typed) || resources.includes(typed)}
            onClick={add}
          >
            Add resource
          </Button>
        </SpaceBetween>
      </SpaceBetween>
    </FormField>
  );
}

interface MatrixRowProps extends Omit<PermissionMatrixProps, 'fault'> {
  readonly resource: string;
}

function MatrixRow({ resource, permissions, onChange }: MatrixRowProps) {
  const has = (action: string) =>
    permissions.includes(`${resource}:${action}`) || permissions.includes(`${resource}:*`);
  const toggle = (action: (typeof ACTIONS)[number]) => {
    const next = ACTIONS.filter((each) => (each === action ? !has(each) : has(each)));
    const others = permissions.filter((permission) => !permission.startsWith(`${resource}:`));
    onChange([...others, ...next.map((each) => `${resource}:${each}`)]);
  };
  return (
    <div className="matrix-row">
      <Box variant="strong">{resource === '*' ? 'Everything' : resource}</Box>
      {ACTIONS.map((action) => (
        <Checkbox
          key={action}
          checked={has(action)}
          onChange={() => toggle(action)}
          ariaLabel={`${action} ${resource === '*' ? 'everything' : resource}`}
        >
          {action}
        </Checkbox>
      ))}
    </div>
  );
}
