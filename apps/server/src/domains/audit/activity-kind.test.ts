import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { activityKind, ActivityKind } from './activity-kind.ts';

const domains = join(import.meta.dirname, '..');

/** The values of all constants in the files that declare events. */
async function declaredTypes(): Promise<string[]> {
  const files = readdirSync(domains, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.events.ts'));
  expect(files.length).toBeGreaterThan(15);
  const modules = await Promise.all(files.map((file) => import(join(domains, file)) as Promise<Record<string, unknown>>));
  const constants = modules.flatMap((module) => Object.values(module)).filter((value) => typeof value !== 'function');
  return constants.flatMap((value) => (typeof value === 'string' ? [value] : (Object.values(value as object) as string[]))).sort();
}

it('names every type of event that a domain declares', async () => {
  const named = Object.values(ActivityKind).filter((type) => type !== ActivityKind.UNKNOWN);
  expect(named.toSorted()).toEqual(await declaredTypes());
  for (const [name, type] of Object.entries(ActivityKind)) expect(name).toBe(type.toUpperCase().replace('.', '_'));
});

it('reports a type that this version does not know as unknown', () => {
  expect(activityKind('ticket.created')).toBe(ActivityKind.TICKET_CREATED);
  expect(activityKind('ticket.teleported')).toBe(ActivityKind.UNKNOWN);
});
