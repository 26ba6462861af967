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

export default defineConfig({
  plugins: [react(), fontsAsFiles()],
  build: {
    target: 'es2022',
    // An asset inside a script or style sheet would be data, which the policy of contents lets in for pictures alone.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
});
