import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['apps/web/src/lib/**/*.graphql'],
  generates: {
    'apps/web/src/lib/graphql/generated/operations.json': { plugins: ['./packages/config/operations-plugin.mjs'] },
    'apps/web/src/lib/graphql/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { DateTimeISO: 'string' },
        importExtension: '.ts',
      },
    },
  },
};

export default config;
