import { defineEntity, p } from '@mikro-orm/core';

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
    createdAt: p.datetime(),
  },
});

/** The tenant. Every other row but an account belongs to one. */
export class Workspace extends WorkspaceSchema.class {}
WorkspaceSchema.setClass(Workspace);
