import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';
import { Page } from '../shell/page.tsx';
import { askedBy } from './asked.ts';
import { RefusedOfKey } from './refused-of-key.tsx';
import { RefusedRequest } from './refused-request.tsx';

/**
 * Explains a refused request, or all refused requests of a key: callers are told little, and whoever owns the key more.
 * @param base what addresses of the door's pages begin with
 */
export function ExplainPage({ base }: { base: string }) {
  const [search] = useSearchParams();
  const asked = askedBy(search.get('of') ?? '');
  return (
    <Page
      title="Explain a refusal"
      description="Callers are told little, so that nobody learns from it. Here is why."
    >
      <SpaceBetween size="l">
        <Question key={asked?.id} of={asked?.id ?? ''} />
        {asked?.kind === 'request' && <RefusedRequest requestId={asked.id} base={base} />}
        {asked !== undefined && asked.kind !== 'request' && <RefusedOfKey of={asked} />}
      </SpaceBetween>
    </Page>
  );
}

function Question({ of }: { of: string }) {
  const [, setSearch] = useSearchParams();
  const [text, setText] = useState(of);
  const [fault, setFault] = useState('');
  const ask = (event: FormEvent) => {
    event.preventDefault();
    const asked = askedBy(text);
    if (asked === undefined) {
      setFault('That is neither the ID of a request nor of a key. Nothing was sent.');
      return;
    }
    setFault('');
    setText(asked.id);
    setSearch({ of: asked.id });
  };
  return (
    <form onSubmit={ask}>
      <FormField
        label="ID of the request, or of a key"
        description="The request’s stands in the answer’s x-amzn-RequestId or apigw-requestid header."
        constraintText="Of a whole key that is pasted here its ID alone is read."
        errorText={fault}
        secondaryControl={<Button>Explain</Button>}
      >
        <Input
          value={text}
          onChange={({ detail }) => setText(detail.value)}
          placeholder="JKJaXmPLvHcESHA="
          autoComplete={false}
          spellcheck={false}
        />
      </FormField>
    </form>
  );
}
