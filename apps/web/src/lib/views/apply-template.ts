import type { TicketTemplateFragment } from '#lib/graphql/generated/graphql.ts';
import { blankForm, type NewTicketDraft } from './new-ticket-draft.ts';

type Filled = Pick<NewTicketDraft, 'form' | 'fields'>;

/** What a template says, as a form has it; what it says nothing of is left out. */
function saidBy(template: TicketTemplateFragment): Filled {
  const { subject, description, priority, topicId, teamId, watcherIds, checklist, fields } = template;
  const blank = blankForm();
  return {
    form: {
      ...blank,
      subject,
      description,
      priority: priority ?? blank.priority,
      topicId: topicId ?? '',
      teamId: teamId ?? '',
      watcherIds: [...watcherIds],
      checklist: checklist.join('\n'),
    },
    fields: Object.fromEntries(fields.map(({ fieldId, values }) => [fieldId, values])),
  };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * A form with a template in it. Never over what somebody typed or chose: a value gives way where it is blank, or where it is
 * what the template before put there. `chosen`: what was chosen by hand though it looks as if it were not.
 */
export function applyTemplate(
  now: Filled,
  template: TicketTemplateFragment,
  before: TicketTemplateFragment | null,
  chosen: ReadonlySet<string>,
): Filled {
  const [blank, wanted, last] = [blankForm(), saidBy(template), before && saidBy(before)];
  const gives = (key: keyof NewTicketDraft['form']) =>
    !chosen.has(key) && (same(now.form[key], blank[key]) || (last !== null && same(now.form[key], last.form[key])));
  const keys = Object.keys(blank) as (keyof NewTicketDraft['form'])[];
  const form = Object.fromEntries(keys.map((key) => [key, gives(key) ? wanted.form[key] : now.form[key]]));
  const fieldIds = new Set([...Object.keys(now.fields), ...Object.keys(wanted.fields)]);
  const fields = [...fieldIds].flatMap((id) => {
    const held = now.fields[id];
    const isFree = held === undefined || held.length === 0 || (last !== null && same(held, last.fields[id]));
    const value = isFree ? wanted.fields[id] : held;
    return value ? [[id, value] as const] : [];
  });
  return { form: form as unknown as NewTicketDraft['form'], fields: Object.fromEntries(fields) };
}
