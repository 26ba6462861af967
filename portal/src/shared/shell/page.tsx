import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import { type ReactNode, useEffect } from 'react';
import { useConfig } from '../api/config.ts';

interface PageProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  /** The pages above this one, from the door on. */
  readonly above?: readonly { readonly text: string; readonly href: string }[];
  /** Beside the title, such as a badge. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

/** A page's title, its place among the others, and what it holds. */
export function Page({ title, description, actions, above = [], beside, children }: PageProps) {
  useTitle(title);
  return (
    <ContentLayout
      {...(above.length > 0 && {
        breadcrumbs: (
          <BreadcrumbGroup
            items={[...above, { text: title, href: location.pathname }]}
            ariaLabel="Breadcrumbs"
          />
        ),
      })}
      header={
        <Header variant="h1" description={description} actions={actions} info={beside}>
          {title}
        </Header>
      }
    >
      {children}
    </ContentLayout>
  );
}

/** What the browser's tab and history say. */
export function useTitle(title: string): void {
  const { brand } = useConfig();
  useEffect(() => {
    document.title = `${title} – ${brand.name}`;
  }, [title, brand.name]);
}
