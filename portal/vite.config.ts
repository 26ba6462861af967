import { createHash } from 'node:crypto';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const FONT = /url\(['"]?data:font\/woff2;[^,]*base64,([A-Za-z0-9+/=]+)['"]?\)/g;

/** Cloudscape's style sheet holds its fonts as data: eight of them, three quarters of its size, needed at once or never. */
function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const asset of Object.values(bundle)) {
        if (asset.type !== 'asset' || !asset.fileName.endsWith('.css')) continue;
        asset.source = String(asset.source).replace(FONT, (_match, data: string) => {
          const source = Buffer.from(data, 'base64');
          const hash = createHash('sha256').update(source).digest('hex').slice(0, 8);
          const fileName = `assets/font-${hash}.woff2`;
          if (!(fileName in bundle)) this.emitFile({ type: 'asset', fileName, source });
          return `url(/${fileName})`;
        });
      }
    },
  };
}

/** What Cloudscape's layout announces features of AWS's console with: a drawer that it shows on a call of the console's alone. */
const DRAWER = /\/app-layout\/visual-refresh-toolbar\/drawer\/feature-notifications-drawer-content\.js$/;

/** The layout brings that drawer along, and with it a library for dragging and one for dates: 24 KB of every first load. */
function withoutAnnouncements(): Plugin {
  let found = false;
  return {
    name: 'without-announcements',
    apply: 'build',
    load(id) {
      if (!DRAWER.test(id)) return;
      found = true;
      return 'export const RuntimeContentPart = () => null; export default RuntimeContentPart;';
    },
    buildEnd() {
      if (!found)
        this.error('Cloudscape keeps its drawer of features elsewhere now: look for it in what is loaded');
    },
  };
}

/** What every page needs, whichever door it is behind: the app itself, its shell and its lists. */
const START = ['/src/main.tsx', '/src/shared/shell/shell.tsx', '/src/shared/list/resource-list.tsx'];

type Modules = { getModuleInfo(id: string): { readonly importers: readonly string[] } | null };
const known = new Map<string, boolean>();

/** Whether a module is part of the start: one of the above, or something that such a one imports. */
function isOfStart(id: string, modules: Modules, asked: ReadonlySet<string> = new Set()): boolean {
  const before = known.get(id);
  if (before !== undefined) return before;
  if (asked.has(id)) return false;
  const further = new Set([...asked, id]);
  const { importers = [] } = modules.getModuleInfo(id) ?? {};
  const is =
    START.some((end) => id.endsWith(end)) || importers.some((each) => isOfStart(each, modules, further));
  if (is || asked.size === 0) known.set(id, is);
  return is;
}

export default defineConfig({
  plugins: [react(), fontsAsFiles(), withoutAnnouncements()],
  build: {
    target: 'es2022',
    // An asset inside a script or style sheet would be data, which the policy of contents lets in for pictures alone.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        // In one piece it is half a hundred requests fewer, and compresses better.
        codeSplitting: {
          groups: [{ debugName: 'start', name: (id, modules) => (isOfStart(id, modules) ? 'start' : null) }],
        },
      },
    },
  },
});
