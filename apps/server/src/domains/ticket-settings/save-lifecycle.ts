import { InvalidInput } from '../../kernel/domain-error.ts';
import type { Scope } from '../../platform/scope.ts';
import type { SettingState } from '../../platform/setting-versions.ts';
import { Workspace } from '../identity/index.ts';
import { changeSettings, reviseTicketSetting, WorkspacePart, type TicketSetting } from './change-settings.ts';

export type Lifecycle = Pick<
  Workspace,
  | 'reopenDays'
  | 'closeAfterDays'
  | 'staleAfterDays'
  | 'staleCloseDays'
  | 'closeNotice'
  | 'staleNotice'
  | 'openOnWork'
  | 'checklistRequired'
  | 'timeAccounting'
  | 'askForRating'
  | 'lifecycleVersion'
>;

const lifecycleSetting: TicketSetting<WorkspacePart> = {
  kind: 'LIFECYCLE',
  nameOf: () => '',
  stateOf: ({ workspace }): Omit<Lifecycle, 'lifecycleVersion'> & SettingState => ({
    reopenDays: workspace.reopenDays,
    closeAfterDays: workspace.closeAfterDays,
    staleAfterDays: workspace.staleAfterDays,
    staleCloseDays: workspace.staleCloseDays,
    closeNotice: workspace.closeNotice,
    staleNotice: workspace.staleNotice,
    openOnWork: workspace.openOnWork,
    checklistRequired: workspace.checklistRequired,
    timeAccounting: workspace.timeAccounting,
    askForRating: workspace.askForRating,
  }),
};

const mostDays = 365;
const longestNotice = 2000;

/** What becomes of tickets by itself. */
export function findLifecycle({ em, workspaceId }: Scope): Promise<Lifecycle> {
  return em.findOneOrFail(Workspace, { id: workspaceId });
}

export function saveLifecycle(scope: Scope, { lifecycleVersion, ...wanted }: Lifecycle): Promise<Lifecycle> {
  return changeSettings(scope, async (tx) => {
    const workspace = await tx.em.findOneOrFail(Workspace, { id: tx.workspaceId });
    const change = () => void Object.assign(workspace, requireLifecycle(wanted));
    await reviseTicketSetting(tx, lifecycleSetting, {
      thing: new WorkspacePart(workspace, 'lifecycleVersion'),
      version: lifecycleVersion,
      change,
    });
    return workspace;
  });
}

function requireLifecycle(wanted: Omit<Lifecycle, 'lifecycleVersion'>): Omit<Lifecycle, 'lifecycleVersion'> {
  const { reopenDays, closeAfterDays, staleAfterDays, staleCloseDays, closeNotice, staleNotice } = wanted;
  for (const [field, days] of Object.entries({ reopenDays, closeAfterDays, staleAfterDays, staleCloseDays })) {
    const least = field === 'reopenDays' ? 0 : 1;
    if (days !== null && !(days >= least && days <= mostDays)) {
      throw new InvalidInput(
        `${days} days are not possible. Give ${least} to ${mostDays}, or nothing where it should never happen.`,
        field,
      );
    }
  }
  if (staleCloseDays !== null && staleAfterDays === null) {
    throw new InvalidInput(
      'A ticket is not closed for waiting before its assignee was told. Say after how many days to tell.',
      'staleAfterDays',
    );
  }
  for (const [field, text] of Object.entries({ closeNotice, staleNotice })) {
    if (text.length > longestNotice)
      throw new InvalidInput(`The letter has ${text.length} characters; ${longestNotice} are allowed.`, field);
  }
  return wanted;
}
