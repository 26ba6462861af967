import AppLayout from '@cloudscape-design/components/app-layout';
import Flashbar from '@cloudscape-design/components/flashbar';
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { type ReactNode, useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { useOnline } from '../states/offline.tsx';
import { useStore } from '../store.ts';
import type { Command } from './command.ts';
import { dismissFlash, flashes } from './flashes.ts';
import { PaletteShortcut } from './palette-shortcut.tsx';
import { TopBar } from './top-bar.tsx';

interface ShellProps {
  /** Where the brand in the top bar leads. */
  readonly home: string;
  /** The other door, where the person may use it. */
  readonly otherDoor?: { readonly text: string; readonly href: string };
  readonly items: readonly SideNavigationProps.Item[];
  /** Above the items, such as a choice of tenant. */
  readonly control?: ReactNode;
  /** What the palette offers beside the pages. */
  readonly findCommands?: (text: string) => Promise<readonly Command[]>;
  /** What it offers beside them, in words. */
  readonly finds?: string;
  readonly children: ReactNode;
}

const wide = matchMedia('(min-width: 911px)');

/** Top bar, side navigation, messages and the palette, around a page. */
export function Shell({ home, otherDoor, items, control, findCommands, finds, children }: ShellProps) {
  const [open, setOpen] = useState(() => wide.matches);
  const [paletteOpen, setPaletteOpen] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => {
    const follow = () => setOpen(wide.matches);
    // A window may get its width between the first render and this.
    follow();
    wide.addEventListener('change', follow);
    return () => wide.removeEventListener('change', follow);
  }, []);
  return (
    <>
      <div id="top">
        <TopBar home={home} {...(otherDoor && { otherDoor })} onSearch={() => setPaletteOpen(true)} />
      </div>
      <PaletteShortcut
        open={paletteOpen}
        onOpenChange={setPaletteOpen}
        pages={commandsOf(items)}
        finds={finds}
        {...(findCommands && { findCommands })}
      />
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigation={
          <SideNavigation
            items={items}
            activeHref={activeHref(items, pathname)}
            {...(control !== undefined && { itemsControl: control })}
            onFollow={() => {
              if (!wide.matches) setOpen(false);
            }}
          />
        }
        notifications={<Messages />}
        stickyNotifications
        content={children}
      />
    </>
  );
}

/** What a page says, and whether there is a network. */
export function Messages() {
  const online = useOnline();
  const offline = {
    type: 'warning' as const,
    id: 'offline',
    header: 'You are offline',
    content: 'What is shown may be old, and changes can’t be made until the network is back.',
  };
  const shown = useStore(flashes).map((message) => ({
    ...message,
    dismissible: true,
    dismissLabel: 'Dismiss message',
    onDismiss: () => dismissFlash(message.id),
  }));
  return <Flashbar items={online ? shown : [offline, ...shown]} />;
}

function linksOf(items: readonly SideNavigationProps.Item[]): { text: string; href: string }[] {
  return items.flatMap((item) => {
    if (item.type === 'divider') return [];
    const inner = 'items' in item ? linksOf(item.items) : [];
    return 'href' in item ? [{ text: item.text, href: item.href }, ...inner] : inner;
  });
}

function commandsOf(items: readonly SideNavigationProps.Item[]): Command[] {
  return linksOf(items).map(({ text, href }) => ({ text, href, about: 'Page' }));
}

/** The item whose address is the longest beginning of the page's. */
function activeHref(items: readonly SideNavigationProps.Item[], pathname: string): string {
  const around = linksOf(items)
    .map(({ href }) => href)
    .filter((href) => pathname === href || pathname.startsWith(`${href}/`));
  return around.sort((a, b) => b.length - a.length)[0] ?? '';
}
