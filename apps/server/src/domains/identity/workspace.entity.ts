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
    createdAt: p.datetime(),
  },
});

/** The tenant. Every other row but an account belongs to one. */
export class Workspace extends WorkspaceSchema.class {}
WorkspaceSchema.setClass(Workspace);
