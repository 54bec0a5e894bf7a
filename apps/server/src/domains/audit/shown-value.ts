import type { Scope } from '../../platform/scope.ts';
import { contactById } from '../contacts/index.ts';
import { memberById, teamById } from '../identity/index.ts';
import { policyById } from '../sla/index.ts';
import { statusById, topicById, type Names } from '../tickets/index.ts';

export interface ShownValue {
  readonly text: string;
  readonly names: { locale: string; text: string }[];
}

type Show = (scope: Scope, value: string) => Promise<string | Names | undefined>;

const shows: Readonly<Record<string, Show>> = {
  statusId: async (scope, id) => (await scope.load(statusById, id))?.name,
  topicId: async (scope, id) => (await scope.load(topicById, id))?.name,
  assigneeId: async (scope, id) => (await scope.load(memberById, id))?.name,
  watcher: async (scope, id) => (await scope.load(memberById, id))?.name,
  teamId: async (scope, id) => (await scope.load(teamById, id))?.name,
  slaPolicyId: async (scope, id) => (await scope.load(policyById, id))?.name,
  requesterId: async (scope, id) => (await scope.load(contactById, id))?.name,
  // Long texts are compared where they stand, not in a line of history.
  description: async () => undefined,
};

/** A logged value as people read it: ids become the names of today; null for nothing and for what is too long to show. */
export async function shownValue(scope: Scope, field: string, value: unknown): Promise<ShownValue | null> {
  if (value === null || value === undefined) return null;
  const shown = shows[field] ? await shows[field](scope, String(value)) : String(value);
  if (shown === undefined) return null;
  if (typeof shown === 'string') return { text: shown, names: [] };
  const names = Object.entries(shown).map(([locale, text]) => ({ locale, text }));
  return { text: shown.en ?? names[0]?.text ?? '', names };
}
