import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ApiOperation } from '../../shared/api/api-document.ts';
import { usePhone } from '../../shared/list/use-phone.ts';
import type { NamedKey } from './known-key.ts';
import { mayCall } from './may-call.ts';

interface OperationTreeProps {
  readonly operations: readonly ApiOperation[];
  readonly chosen: ApiOperation;
  readonly known: NamedKey;
  readonly onChoose: (id: string) => void;
}

/** The operations of an API by their tags; those that the key at hand may not call say so. */
export function OperationTree(props: OperationTreeProps) {
  return usePhone() ? <AsChoice {...props} /> : <AsTree {...props} />;
}

function AsTree({ operations, chosen, known, onChoose }: OperationTreeProps) {
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const items = tags.map(
    (tag): SideNavigationProps.Section => ({
      type: 'section',
      text: tag,
      items: operations
        .filter((operation) => operation.tag === tag)
        .map((operation) => ({
          type: 'link',
          text: `${operation.method} ${operation.summary}`,
          href: `#${operation.id}`,
          ...(mayCall(operation, known.key) === false && { info: <NotAllowed /> }),
        })),
    }),
  );
  return (
    <Container disableContentPaddings>
      <SideNavigation
        items={items}
        activeHref={`#${chosen.id}`}
        onFollow={(event) => {
          event.preventDefault();
          onChoose(event.detail.href.slice(1));
        }}
      />
    </Container>
  );
}

function NotAllowed() {
  return <StatusIndicator type="stopped">not with this key</StatusIndicator>;
}

function AsChoice({ operations, chosen, known, onChoose }: OperationTreeProps) {
  const options = operations.map((operation) => ({
    value: operation.id,
    label: `${operation.method} ${operation.summary}`,
    description: mayCall(operation, known.key) === false ? 'Not with this key' : operation.path,
  }));
  return (
    <Container header={<Header variant="h2">Operation</Header>}>
      <FormField label="What to call">
        <Select
          selectedOption={options.find(({ value }) => value === chosen.id) ?? null}
          options={options}
          onChange={({ detail }) => onChoose(detail.selectedOption.value ?? '')}
        />
      </FormField>
    </Container>
  );
}
