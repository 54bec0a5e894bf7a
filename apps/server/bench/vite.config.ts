import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/bench',
    minify: false,
    rollupOptions: {
      // Beside the programs, from where they find the server.
      output: { chunkFileNames: '[name].js' },
      input: {
        list: 'bench/list.ts',
        sla: 'bench/sla.ts',
        bulk: 'bench/bulk.ts',
        overload: 'bench/overload.ts',
        'overload-greedy': 'bench/overload-greedy.ts',
        scale: 'bench/scale.ts',
        'scale-server': 'bench/scale-server.ts',
        live: 'bench/live.ts',
        'live-server': 'bench/live-server.ts',
        'live-clients': 'bench/live-clients.ts',
        chaos: 'chaos/chaos.ts',
        'chaos-clients': 'chaos/clients.ts',
        'parser-worker': 'src/parser-worker.ts',
      },
    },
  },
  ssr: { noExternal: ['@baton/rules'] },
});
