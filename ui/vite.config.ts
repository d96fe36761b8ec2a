import { defineConfig } from 'vite';
import { svelte } from '@sveltejs/vite-plugin-svelte';

// The daemon that `npm run dev` hands the API on to.
const api = process.env.TOCSIN_API ?? 'http://127.0.0.1:8321';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'], // they know light-dark()
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // data: URLs have no place under the policy
    reportCompressedSize: false,
    manifest: true, // tools/check-ui-size reads it
    license: { fileName: 'licenses.txt' },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: { format: 'es' },
  server: { proxy: { '/v1': { target: api, changeOrigin: false } } },
});
