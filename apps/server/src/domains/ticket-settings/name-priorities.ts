import type { Priority } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { Workspace } from '../identity/index.ts';
import { requireDistinctNames, requireNames, type Names } from '../tickets/index.ts';
import { changeSettings, reviseTicketSetting, WorkspacePart, type TicketSetting } from './change-settings.ts';

export type PriorityNames = Readonly<Partial<Record<Priority, Names>>>;

const prioritiesSetting: TicketSetting<WorkspacePart> = {
  kind: 'PRIORITIES',
  nameOf: () => '',
  stateOf: ({ workspace }) => ({ names: workspace.priorityNames }),
};

/** What a workspace calls its priorities; the usual names where it says nothing. */
export async function priorityNames(scope: Scope): Promise<PriorityNames> {
  return (await scope.em.findOneOrFail(Workspace, { id: scope.workspaceId })).priorityNames;
}

/** Gives priorities names of the workspace's own. Those left out have the usual ones again. */
export function namePriorities(
  scope: Scope,
  { names, version }: { readonly names: PriorityNames; /** Null = whatever stands. */ readonly version: number | null },
): Promise<PriorityNames> {
  return changeSettings(scope, async (tx) => {
    const workspace = await tx.em.findOneOrFail(Workspace, { id: tx.workspaceId });
    const change = () => {
      const named = Object.fromEntries(Object.entries(names).map(([priority, own]) => [priority, requireNames('names', own)]));
      requireDistinctNames('names', Object.values(named));
      workspace.priorityNames = named;
    };
    await reviseTicketSetting(tx, prioritiesSetting, { thing: new WorkspacePart(workspace, 'prioritiesVersion'), version, change });
    return workspace.priorityNames;
  });
}
