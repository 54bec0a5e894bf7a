import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, isObjectType } from 'graphql';
import { expect, it } from 'vitest';

const here = import.meta.dirname;
const schema = buildSchema(readFileSync(join(here, '../../../schema.graphql'), 'utf8'));

it('has a test through the door for every operation', () => {
  const tests = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(
    (path) => (path.endsWith('.test.ts') && !path.endsWith('schema.test.ts')) || path === join('testing', 'mirror.ts'),
  );
  const words = tests.map((path) => readFileSync(join(here, path), 'utf8')).join('\n');
  const operations = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}),
  );

  const untested = operations.filter((name) => !new RegExp(`\\b${name}\\b *[({]|\\b${name}\\b \\}|\\b${name}\\b\\s`).test(words));

  expect(untested).toEqual([]);
});

it('lets every mutation that can be refused say so by a union of user errors', () => {
  for (const [name, field] of Object.entries(schema.getMutationType()?.getFields() ?? {})) {
    const payload = schema.getType(String(field.type).replace(/[!\]\[]/g, ''));
    expect(isObjectType(payload), name).toBe(true);
    // These have nothing to refuse.
    if (['signOut', 'presenceSet', 'notificationsMarkRead'].includes(name)) continue;
    expect(isObjectType(payload) && String(payload.getFields().userErrors?.type), name).toMatch(/^\[\w+Error!\]!$/);
  }
});
