import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist',
    minify: false,
    sourcemap: true,
    rollupOptions: {
      // Beside the entry points, from where code in any chunk finds the worker.
      output: { chunkFileNames: '[name]-[hash].js' },
      input: {
        main: 'src/main.ts',
        import: 'src/import-main.ts',
        workspace: 'src/workspace-main.ts',
        backup: 'src/backup-main.ts',
        restore: 'src/restore-main.ts',
        'emit-schema': 'src/emit-schema.ts',
        'parser-worker': 'src/parser-worker.ts',
      },
    },
  },
  // Workspace packages are TypeScript sources, which a server started by Node alone could not load.
  ssr: { noExternal: ['@baton/rules'] },
});
