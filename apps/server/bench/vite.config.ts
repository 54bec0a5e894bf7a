import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  build: { ssr: true, target: 'node24', outDir: 'dist/bench', minify: false, rollupOptions: { input: { list: 'bench/list.ts' } } },
  ssr: { noExternal: ['@baton/rules'] },
});
