import type { SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import type { Operation } from '../shared/api/me.ts';
import type { Scope } from './scope.tsx';

type Item = SideNavigationProps.Link;

/** The pages of a scope, in the order in which people look for them; those alone that the person may read. */
export function navigationOf(
  { tenantId, base }: Scope,
  can: (operation: Operation) => boolean,
  isOperator: boolean,
): SideNavigationProps.Item[] {
  const page = (text: string, path: string, needs: Operation): Item[] =>
    can(needs) ? [{ type: 'link', text, href: `${base}/${path}` }] : [];
  const watch = [
    ...page('Audit log', 'audit', 'listAudit'),
    ...page('Alerts', 'alerts', 'listAlerts'),
    ...page('Explain a refusal', 'explain', 'explainRefusal'),
  ];
  const waiting = page('Waiting', 'queue', 'listApprovals');
  const catalogue: SideNavigationProps.Item = {
    type: 'section',
    text: 'Catalogue',
    items: [...page('APIs', 'apis', 'listApis'), ...page('Products', 'products', 'listProducts')],
  };
  if (tenantId === undefined)
    return [
      ...page('Overview', 'overview', 'getSummary'),
      ...page('Keys', 'keys', 'findKeys'),
      ...waiting,
      // Of all tenants together: who acts for some of them has no such sum.
      ...(isOperator ? page('Usage', 'usage', 'getUsage') : []),
      ...watch,
      catalogue,
    ];
  return [
    ...page('Overview', 'overview', 'getSummary'),
    ...page('Keys', 'keys', 'listKeys'),
    ...waiting,
    {
      type: 'section',
      text: 'Watch',
      items: [...page('Usage', 'usage', 'getUsage'), ...watch],
    },
    {
      type: 'section',
      text: 'Tenant',
      items: [
        ...page('Members', 'members', 'listMembers'),
        ...page('Roles', 'roles', 'listRoles'),
        ...page('Settings', 'settings', 'getTenant'),
      ],
    },
    catalogue,
  ];
}
