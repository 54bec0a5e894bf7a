import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';

/**
 * Makes each generated document a module of its own. In one module all of them would come with the queue, also those of
 * pages that most never open; apart, each travels with the pages that ask it.
 */
function documentsApart(): Plugin {
  const generated = /[/\\]generated[/\\]graphql\.ts$/;
  const asked = '?document=';
  const documents = new Map<string, string>();
  return {
    name: 'documents-apart',
    apply: 'build',
    enforce: 'pre',
    resolveId: (id) => (documents.has(id) ? id : null),
    load(id) {
      const code = documents.get(id);
      return code === undefined ? null : { code, moduleSideEffects: false };
    },
    transform(code, id) {
      if (!generated.test(id)) return null;
      const found = [...code.matchAll(/^export const (\w+) = (\{.*\}) as unknown as DocumentNode<.*>;$/gm)];
      const whole = [...code.matchAll(/^export const /gm)].length;
      if (found.length !== whole) this.error(`of ${whole} documents only ${found.length} were understood`);
      const names = found.map(([, name = '', value = '']) => {
        const document = `${id}${asked}${name}`;
        documents.set(document, `export const ${name} = ${value};`);
        return `export { ${name} } from ${JSON.stringify(document)};`;
      });
      return { code: names.join('\n'), moduleSideEffects: false, map: null };
    },
  };
}

export default defineConfig({
  plugins: [
    documentsApart(),
    tailwindcss(),
    sveltekit({
      adapter: adapter({ precompress: true }),
      compilerOptions: { runes: ({ filename }) => (filename.split(/[/\\]/).includes('node_modules') ? undefined : true) },
      // Registered when somebody turns pushes on, and for nothing else.
      serviceWorker: { register: false },
      csp: {
        mode: 'hash',
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          // Positions of rows and pop-ups are set as style attributes.
          'style-src': ['self', 'unsafe-inline'],
          'img-src': ['self', 'data:'],
          // Includes the sockets of this origin, and those of no other.
          'connect-src': ['self'],
          'object-src': ['none'],
          'base-uri': ['none'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
  server: {
    proxy: {
      '/graphql': { target: 'http://127.0.0.1:4000', ws: true },
      '/client': { target: 'http://127.0.0.1:4000', ws: true },
      '/files': 'http://127.0.0.1:4000',
    },
  },
});
