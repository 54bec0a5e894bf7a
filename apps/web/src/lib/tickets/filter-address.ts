import { ticketMetrics } from '@baton/rules';
import type { Priority, TicketFilterInput } from '#lib/graphql/generated/graphql.ts';

/** What an address can ask of tickets, a word each; several values of one word mean any of them. */
const conditions = {
  only: (values: string[]) => ({ all: values.flatMap((value) => traits[value as Trait] ?? []) }),
  status: (statusIds: string[]) => ({ statusIds }),
  priority: (values: string[]) => ({ priorities: values as Priority[] }),
  team: (ids: string[]) => orNone(ids, (teamIds) => ({ teamIds }), { withoutTeam: true }),
  topic: (ids: string[]) => orNone(ids, (topicIds) => ({ topicIds }), { withoutTopic: true }),
  assignee: (ids: string[]) => orNone(ids, (assigneeIds) => ({ assigneeIds }), { unassigned: true }),
  created: ([from]: string[]) => ({ ...asInput(ticketMetrics.created), created: { from } }),
  resolved: ([from]: string[]) => ({ ...asInput(ticketMetrics.resolved), resolved: { from } }),
} satisfies Record<string, (values: string[]) => TicketFilterInput>;

/** The lists of the figures of the dashboard. */
const traits = {
  open: asInput(ticketMetrics.open),
  late: asInput(ticketMetrics.overdue),
  soon: asInput(ticketMetrics.dueSoon),
} satisfies Record<string, TicketFilterInput>;

/** Generated input types have no read-only lists. */
function asInput(metric: (typeof ticketMetrics)[keyof typeof ticketMetrics]): TicketFilterInput {
  return metric as TicketFilterInput;
}

export type Trait = keyof typeof traits;
export type Condition = keyof typeof conditions;
/** What to ask for; null = those that have none, as no team. */
export type FilterWords = Readonly<Partial<Record<Exclude<Condition, 'only'>, string | null>>> & { readonly only?: readonly Trait[] };

/** Stands for null in an address. */
export const none = 'none';

function orNone(ids: string[], among: (ids: string[]) => TicketFilterInput, without: TicketFilterInput): TicketFilterInput {
  const named = ids.filter((id) => id !== none);
  return { any: [...(named.length > 0 ? [among(named)] : []), ...(ids.includes(none) ? [without] : [])] };
}

/** The address of the list of the tickets that match. */
export function filterAddress({ only = [], ...words }: FilterWords): string {
  const parameters = new URLSearchParams(only.map((trait) => ['only', trait]));
  for (const [word, value] of Object.entries(words)) parameters.append(word, value ?? none);
  return `/views/filter?${parameters}`;
}

/** What an address asks for, word by word. Words that mean nothing here are left out. */
export function wordsOf(parameters: URLSearchParams): { condition: Condition; values: string[] }[] {
  return (Object.keys(conditions) as Condition[]).flatMap((condition) => {
    const values = parameters.getAll(condition);
    return values.length > 0 ? [{ condition, values }] : [];
  });
}

export function filterOf(parameters: URLSearchParams): TicketFilterInput {
  return { all: wordsOf(parameters).map(({ condition, values }) => conditions[condition](values)) };
}
