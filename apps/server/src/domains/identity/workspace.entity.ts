import type { Locale } from '@baton/rules';
import { defineEntity, p } from '@mikro-orm/core';

export type LocalizedTexts = Readonly<Record<string, string>>;

const WorkspaceSchema = defineEntity({
  name: 'Workspace',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    slug: p.text(),
    /** Made by the demo: its sign-ins are printed at every start. */
    demo: p.boolean(),
    /** Whoever signs in with a password has to set up a second factor before anything else. */
    secondFactorRequired: p.boolean(),
    /** What it calls its priorities, by language; the usual names where it says nothing. */
    priorityNames: p.json<Readonly<Record<string, Readonly<Record<string, string>>>>>(),
    prioritiesVersion: p.integer().default(1),
    /** Days after closing in which a message of the client opens a ticket again. */
    reopenDays: p.integer().default(14),
    /** Days after which a resolved ticket is closed; null = never. */
    closeAfterDays: p.integer().strictNullable().default(null),
    /** Days of waiting after which the assignee is told; null = never. */
    staleAfterDays: p.integer().strictNullable().default(null),
    /** Days after that, and after telling the client, until the ticket is closed; null = never. */
    staleCloseDays: p.integer().strictNullable().default(null),
    /** The language of customers who have none set. */
    customerLocale: p.text().$type<Locale>().default('en'),
    /** Text of the email that a customer gets then, by language; the built-in one where a language is missing. */
    closeNotices: p.json<LocalizedTexts>(),
    staleNotices: p.json<LocalizedTexts>(),
    /** Whether a new ticket is open as soon as somebody worked on it. */
    openOnWork: p.boolean().default(false),
    /** Whether a ticket is done only once all on its checklist is. */
    checklistRequired: p.boolean().default(false),
    /** Whether people note how much time they spent. */
    timeAccounting: p.boolean().default(false),
    /** Whether clients are asked how they were served, once for each time that their ticket was resolved. */
    askForRating: p.boolean().default(false),
    /** Days for which the security log is kept; null = for ever. */
    securityLogDays: p.integer().strictNullable().default(null),
    lifecycleVersion: p.integer().default(1),
    createdAt: p.datetime(),
  },
});

/** The tenant. Every other row but an account belongs to one. */
export class Workspace extends WorkspaceSchema.class {}
WorkspaceSchema.setClass(Workspace);
