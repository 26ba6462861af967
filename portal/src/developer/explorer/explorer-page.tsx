import Button from '@cloudscape-design/components/button';
import Select from '@cloudscape-design/components/select';
import { Page } from '../../shared/shell/page.tsx';
import { PageState } from '../../shared/states/page-state.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { ApiExplorer } from './api-explorer.tsx';
import { type Api, useApis, useExplorerAddress } from './explorer-state.ts';

/** Calls an API from the browser, with the person's own key. */
export function ExplorerPage() {
  const { apis, error, retry } = useApis();
  const { apiId, go } = useExplorerAddress();
  if (apis === undefined) {
    return <PageState title="Explorer" error={error} retry={retry} />;
  }
  const api = apis.find((each) => each.apiId === apiId) ?? (apiId === undefined ? apis[0] : undefined);
  return (
    <Page
      title="Explorer"
      description="Calls go from your browser straight to the API. Keys and tokens that you put in stay in this tab’s memory."
      actions={<ApiChoice apis={apis} chosen={api} onChoose={(id) => go({ api: id, operation: '' })} />}
    >
      {api === undefined ? (
        <NoApi isUnknown={apiId !== undefined} />
      ) : (
        <ApiExplorer key={api.apiId} of={api} />
      )}
    </Page>
  );
}

interface ApiChoiceProps {
  readonly apis: readonly Api[];
  readonly chosen: Api | undefined;
  readonly onChoose: (apiId: string) => void;
}

function ApiChoice({ apis, chosen, onChoose }: ApiChoiceProps) {
  const options = apis.map(({ apiId, name, environment }) => ({
    value: apiId,
    label: `${name}, ${environment}`,
  }));
  return (
    <Select
      selectedOption={options.find(({ value }) => value === chosen?.apiId) ?? null}
      options={options}
      filteringType={options.length > 8 ? 'auto' : 'none'}
      placeholder="Choose an API"
      ariaLabel="API"
      onChange={({ detail }) => onChoose(detail.selectedOption.value ?? '')}
    />
  );
}

function NoApi({ isUnknown }: { isUnknown: boolean }) {
  return (
    <EmptyState
      title={isUnknown ? 'This API is not there' : 'No API yet'}
      action={<Button href="/">Look into the catalogue</Button>}
    >
      {isUnknown
        ? 'It is none, or it is in no product that you see.'
        : 'APIs appear here once a product with one is offered to you.'}
    </EmptyState>
  );
}
