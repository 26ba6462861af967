import type { SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import type { Scope } from './scope.tsx';

/** The pages of a scope, in the order in which people look for them. */
export function navigationOf({ tenantId, base }: Scope): SideNavigationProps.Item[] {
  const page = (text: string, path: string): SideNavigationProps.Item => ({
    type: 'link',
    text,
    href: `${base}/${path}`,
  });
  return tenantId === undefined ? [] : [page('Keys', 'keys')];
}
