import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset } from './packages/config/typed-documents-preset.mjs';

const scalars = { DateTimeISO: 'string', JSONObject: 'Record<string, unknown>' };
const types = { useTypeImports: true, enumsAsTypes: true, strictScalars: true, scalars, importExtension: '.ts' };
const client = { preset, presetConfig: { fragmentMasking: false }, config: types } as const;
const members = { schema: 'schema.graphql', documents: ['apps/web/src/lib/**/*.graphql', '!apps/web/src/lib/follow/**'] };
// Clients have a schema of their own; nothing of the members' may come into their page.
const clients = { schema: 'apps/server/client-schema.graphql', documents: ['apps/web/src/lib/follow/*.graphql'] };

const config: CodegenConfig = {
  generates: {
    'apps/web/src/lib/graphql/generated/operations.json': { ...members, plugins: ['./packages/config/operations-plugin.mjs'] },
    'apps/web/src/lib/graphql/generated/': { ...members, ...client },
    'apps/web/src/lib/follow/generated/': { ...clients, ...client },
  },
};

export default config;
