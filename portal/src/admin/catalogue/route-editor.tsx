import AttributeEditor, { type AttributeEditorProps } from '@cloudscape-design/components/attribute-editor';
import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { faultOf } from '../../shared/form/form-error.tsx';
import { METHODS, type Method, NEW_ROUTE, type RouteDraft } from './route-draft.ts';

const OPTIONS = METHODS.map((value) => ({ value, label: value }));

interface RouteEditorProps {
  readonly draft: readonly RouteDraft[];
  readonly onChange: (draft: readonly RouteDraft[]) => void;
  /** Whether callers send an OAuth token, whose scopes a route may ask for. */
  readonly hasScopes: boolean;
  readonly error: Error | null;
}

/** A route table, a row for each route. Which of several routes decides does not depend on their order. */
export function RouteEditor({ draft, onChange, hasScopes, error }: RouteEditorProps) {
  const set = (index: number, part: Partial<RouteDraft>) =>
    onChange(draft.map((route, at) => (at === index ? { ...route, ...part } : route)));
  const fields = [METHOD(set), PATH(set, error), PERMISSION(set, error)];
  return (
    <AttributeEditor
      items={draft}
      addButtonText="Add route"
      removeButtonText="Remove"
      removeButtonAriaLabel={({ method, path }) => `Remove ${method} ${path}`}
      empty="Every route follows the default rule."
      onAddButtonClick={() => onChange([...draft, NEW_ROUTE])}
      onRemoveButtonClick={({ detail }) => onChange(draft.filter((_, at) => at !== detail.itemIndex))}
      gridLayout={[
        {
          breakpoint: 'xs',
          rows: [hasScopes ? [3, 5, 4, 3, 3] : [3, 6, 4, 3]],
          removeButton: { width: 3 },
        },
        { rows: hasScopes ? [[1], [1], [1], [1], [1]] : [[1], [1], [1], [1]] },
      ]}
      definition={[...fields, ...(hasScopes ? [SCOPES(set, error)] : []), PUBLISHABLE(set)]}
    />
  );
}

type Set = (index: number, part: Partial<RouteDraft>) => void;
type Field = AttributeEditorProps.FieldDefinition<RouteDraft>;

const METHOD = (set: Set): Field => ({
  label: 'Method',
  control: ({ method }, index) => (
    <Select
      selectedOption={{ value: method, label: method }}
      options={OPTIONS}
      onChange={({ detail }) => set(index, { method: detail.selectedOption.value as Method })}
    />
  ),
});

const PATH = (set: Set, error: Error | null): Field => ({
  label: 'Path',
  control: ({ path }, index) => (
    <Input
      value={path}
      placeholder="/v1/orders/{orderId}"
      onChange={({ detail }) => set(index, { path: detail.value })}
    />
  ),
  errorText: (_, index) => faultOf(error, `routes.${index}.path`) ?? faultOfRow(error, index),
});

/** What is wrong with a route and with none of its fields, such as that it is there twice. */
function faultOfRow(error: Error | null, index: number): string | undefined {
  const fields = ['permission', 'scopes', 'public', 'method'];
  const isField = fields.some((field) => faultOf(error, `routes.${index}.${field}`) !== undefined);
  return isField ? undefined : faultOf(error, `routes.${index}`);
}

const PERMISSION = (set: Set, error: Error | null): Field => ({
  label: 'Permission',
  control: ({ permission }, index) => (
    <Input
      value={permission}
      placeholder="By the default rule"
      onChange={({ detail }) => set(index, { permission: detail.value })}
    />
  ),
  errorText: (_, index) => faultOf(error, `routes.${index}.permission`),
});

const SCOPES = (set: Set, error: Error | null): Field => ({
  label: 'Scopes of the token',
  control: ({ scopes }, index) => (
    <Input
      value={scopes}
      placeholder="None"
      onChange={({ detail }) => set(index, { scopes: detail.value })}
    />
  ),
  errorText: (_, index) => faultOf(error, `routes.${index}.scopes`),
});

const PUBLISHABLE = (set: Set): Field => ({
  label: 'Publishable keys',
  control: ({ isPublic }, index) => (
    <Box padding={{ top: 'xxs' }}>
      <Checkbox checked={isPublic} onChange={({ detail }) => set(index, { isPublic: detail.checked })}>
        May read it
      </Checkbox>
    </Box>
  ),
});
