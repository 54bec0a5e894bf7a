import { decide, type Viewer } from '../../kernel/viewer.ts';

/** Whoever works on tickets sees every field; those who look on see the ones that are for them. */
export function canSeeField(viewer: Viewer, field: { readonly forLightAgents: boolean }): boolean {
  return field.forLightAgents || decide(viewer, (one) => one.permissions.has('ticket.edit.own') || one.permissions.has('ticket.edit.any'));
}
