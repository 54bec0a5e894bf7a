import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';
import { makeClientSchema, makeSchema } from './schema.ts';

function emit(schema: GraphQLSchema, path: string): void {
  writeFileSync(
    new URL(path, import.meta.url),
    `# Generated from the server by \`npm run check\`. Do not edit.\n\n${printSchema(lexicographicSortSchema(schema))}\n`,
  );
}

// The desks behind the doors are not called while a schema is printed.
emit(
  await makeSchema({ signInDesk: undefined as never, linkDesk: undefined as never, push: undefined as never }),
  '../../../schema.graphql',
);
emit(await makeClientSchema({ linkDesk: undefined as never }), '../client-schema.graphql');
