import { expect, it } from 'vitest';
import type { TicketTemplateFragment } from '#lib/graphql/generated/graphql.ts';
import { applyTemplate } from './apply-template.ts';
import { blankForm } from './new-ticket-draft.ts';

const template = (more: Partial<TicketTemplateFragment>): TicketTemplateFragment => ({
  id: 't',
  name: 'T',
  subject: '',
  description: '',
  priority: null,
  topicId: null,
  teamId: null,
  watcherIds: [],
  checklist: [],
  version: 1,
  fields: [],
  ...more,
});
const none = new Set<string>();
const broken = template({
  subject: 'Printer',
  priority: 'HIGH',
  topicId: 'printers',
  checklist: ['Turn it off', 'Turn it on'],
  fields: [{ fieldId: 'f', values: ['ZX'] }],
});

it('fills what is blank, and nothing that somebody typed or chose', () => {
  const form = { ...blankForm(), subject: 'Mine', teamId: 'support' };

  const filled = applyTemplate({ form, fields: {} }, broken, null, none);
  expect(filled.form).toEqual({ ...form, priority: 'HIGH', topicId: 'printers', checklist: 'Turn it off\nTurn it on' });
  expect(filled.fields).toEqual({ f: ['ZX'] });
  expect(applyTemplate({ form, fields: { f: ['typed'] } }, broken, null, none).fields).toEqual({ f: ['typed'] });
  // Normal, chosen by hand, looks like the blank one.
  expect(applyTemplate({ form, fields: {} }, broken, null, new Set(['priority'])).form.priority).toBe('NORMAL');
});

it('gives way to another template where nobody touched what the first put there', () => {
  const first = applyTemplate({ form: blankForm(), fields: {} }, broken, null, none);
  const edited = { ...first, form: { ...first.form, subject: 'Printer on fire' } };
  const refund = template({ subject: 'Refund', topicId: 'money' });

  const second = applyTemplate(edited, refund, broken, none);
  expect(second.form).toMatchObject({ subject: 'Printer on fire', topicId: 'money', priority: 'NORMAL' });
  expect(second.fields).toEqual({});
});
