import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { useConfig } from '../api/config.ts';
import { useMe } from '../api/me.ts';
import { queryClient } from '../api/queries.ts';
import { useStore } from '../store.ts';
import { type Appearance, appearance, setAppearance } from './appearance.ts';
import { flash } from './flashes.ts';

interface TopBarProps {
  readonly home: string;
  readonly otherDoor?: { readonly text: string; readonly href: string };
  /** Absent where there is nothing to search. */
  readonly onSearch?: () => void;
}

export function TopBar({ home, otherDoor, onSearch }: TopBarProps) {
  const { brand } = useConfig();
  const person = usePersonMenu();
  const shortcut = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl+K';
  return (
    <TopNavigation
      identity={{
        href: home,
        title: brand.name,
        logo: { src: brand.logoUrl ?? '/favicon.svg', alt: 'Logo' },
      }}
      utilities={[
        ...(onSearch
          ? [
              {
                type: 'button' as const,
                iconName: 'search' as const,
                text: `Search ${shortcut}`,
                ariaLabel: `Search ${shortcut}`,
                disableUtilityCollapse: true,
                onClick: onSearch,
              },
            ]
          : []),
        ...(otherDoor ? [{ type: 'button' as const, text: otherDoor.text, href: otherDoor.href }] : []),
        ...(brand.supportUrl
          ? [{ type: 'button' as const, text: 'Support', href: brand.supportUrl, external: true }]
          : []),
        person,
      ]}
    />
  );
}

const APPEARANCES = [
  ['system', 'Like the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const satisfies readonly [Appearance, string][];

/** The choice between light and dark, as items of a menu, whose ids `setAppearance` takes. */
export function useAppearanceItems() {
  const chosen = useStore(appearance);
  return APPEARANCES.map(([id, text]) => ({
    id,
    text,
    itemType: 'checkbox' as const,
    checked: chosen === id,
  }));
}

function usePersonMenu(): TopNavigationProps.MenuDropdownUtility {
  const me = useMe();
  const appearances = useAppearanceItems();
  const name = me.email ?? me.sub;
  return {
    type: 'menu-dropdown',
    iconName: 'user-profile',
    text: name,
    description: me.role ?? 'member',
    ariaLabel: `Account of ${name}`,
    items: [
      {
        id: 'appearance',
        text: 'Appearance',
        items: appearances,
      },
      { id: 'sign-out', text: 'Sign out' },
    ],
    onItemClick: ({ detail: { id } }) => {
      if (id === 'sign-out') void signOut();
      else setAppearance(id as Appearance);
    },
  };
}

/** Ends the session at the server, forgets what was read, and goes where the server says. */
async function signOut(): Promise<void> {
  try {
    const response = await fetch('/auth/logout', { method: 'POST', headers: { 'x-keywright': '1' } });
    if (!response.ok) throw new Error(`The server answered ${response.status}`);
    queryClient.clear();
    const { location: next } = (await response.json().catch(() => ({}))) as { location?: string };
    location.assign(next ?? '/');
  } catch (error) {
    flash({ type: 'error', header: 'You were not signed out', content: String((error as Error).message) });
  }
}
