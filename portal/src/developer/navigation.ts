import type { SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import type { Operation } from '../shared/api/me.ts';

/** The developers' pages, those alone that the person may read. */
export function pagesFor(can: (operation: Operation) => boolean): SideNavigationProps.Item[] {
  const page = (text: string, href: string, needs: Operation): SideNavigationProps.Link[] =>
    can(needs) ? [{ type: 'link', text, href }] : [];
  return [
    ...page('Catalogue', '/', 'listProducts'),
    ...page('Subscriptions', '/subscriptions', 'listSubscriptions'),
    ...page('Explorer', '/explorer', 'listApis'),
    ...page('Usage', '/usage', 'getUsage'),
    ...page('Explain a refusal', '/explain', 'explainRefusal'),
    ...page('Team', '/team', 'listMembers'),
    {
      type: 'section',
      text: 'Profile',
      items: [
        ...page('Notifications', '/profile/notifications', 'getNotifications'),
        ...page('Sessions', '/profile/sessions', 'listMySessions'),
      ],
    },
  ];
}
