import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { type Operation, useCan } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { Page } from '../../shared/shell/page.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { PageState } from '../../shared/states/page-state.tsx';
import { ForbiddenState } from '../../shared/states/states.tsx';
import { useScope } from '../scope.tsx';
import type { Api } from './catalogue.ts';

interface ApiFormPageProps {
  /** The page's title once the API's name is known; before that what stands before ` of `. */
  readonly title: (name?: string) => string;
  readonly description: string;
  /** What the form does: who may not is told so. */
  readonly operation: Operation;
  /** @param back the API's page */
  readonly form: (api: Api, back: string) => ReactNode;
}

/** A page that changes something of one API. */
export function ApiFormPage({ title, description, operation, form }: ApiFormPageProps) {
  const can = useCan();
  const { base } = useScope();
  const { apiId = '' } = useParams();
  const { data, error, refetch } = useQuery(reading('/v1/apis/{apiId}', { path: { apiId } }));
  if (data === undefined) return <PageState title={title()} error={error} retry={() => void refetch()} />;
  const back = `${base}/apis/${apiId}`;
  return (
    <Page
      title={title(data.name)}
      description={description}
      beside={<EnvironmentBadge environment={data.environment} />}
      above={[
        { text: 'APIs', href: `${base}/apis` },
        { text: data.name, href: back },
      ]}
    >
      {can(operation) ? form(data, back) : <ForbiddenState forOperators />}
    </Page>
  );
}
