import { defineConfig } from 'vite';

/** Where a server is while this one is developed; see README.md. */
const server = process.env.MILLRACE_CONSOLE_API ?? 'http://127.0.0.1:4567';

// biome-ignore lint/style/noDefaultExport: Vite takes no other.
export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the same files work under any path.
  base: './',
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2023',
    // Nothing inline: the content security policy takes scripts and styles from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 350,
    reportCompressedSize: false,
    // `'use client'` in libraries means nothing here.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  server: {
    // As if it came from the console's own origin: changes are taken from nowhere else.
    proxy: { '/_millrace': { target: server, changeOrigin: true, headers: { origin: server } } },
  },
});
