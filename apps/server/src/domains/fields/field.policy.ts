import { decide, type Viewer } from '../../kernel/viewer.ts';

/** What of a field decides who sees it. */
export interface FieldScope {
  readonly forLightAgents: boolean;
  readonly forClients: boolean;
}

/** Whoever works on tickets sees every field; those who look on see the ones that are for them, or for clients even. */
export function canSeeField(viewer: Viewer, field: FieldScope): boolean {
  return (
    field.forLightAgents ||
    field.forClients ||
    decide(viewer, (one) => one.permissions.has('ticket.edit.own') || one.permissions.has('ticket.edit.any'))
  );
}
