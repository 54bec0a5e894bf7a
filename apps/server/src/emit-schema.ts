import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { makeSchema } from './schema.ts';

// The desk behind the door is not called while the schema is printed.
const schema = await makeSchema(undefined as never);
const target = new URL('../../../schema.graphql', import.meta.url);
writeFileSync(
  target,
  `# Generated from the server by \`npm run check\`. Do not edit.\n\n${printSchema(lexicographicSortSchema(schema))}\n`,
);
