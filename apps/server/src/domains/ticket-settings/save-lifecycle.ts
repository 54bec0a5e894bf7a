import { InvalidInput } from '../../kernel/domain-error.ts';
import type { Scope } from '../../platform/scope.ts';
import type { SettingState } from '../../platform/setting-versions.ts';
import { optionalLocale } from '../contacts/index.ts';
import { Workspace, type LocalizedTexts } from '../identity/index.ts';
import { changeSettings, reviseTicketSetting, WorkspacePart, type TicketSetting } from './change-settings.ts';

export type Lifecycle = Pick<
  Workspace,
  | 'reopenDays'
  | 'closeAfterDays'
  | 'staleAfterDays'
  | 'staleCloseDays'
  | 'closeNotices'
  | 'staleNotices'
  | 'openOnWork'
  | 'checklistRequired'
  | 'timeAccounting'
  | 'askForRating'
  | 'lifecycleVersion'
  | 'customerLocale'
>;

export interface SaveLifecycle extends Omit<Lifecycle, 'customerLocale' | 'closeNotices' | 'staleNotices'> {
  /** Nothing given = as it is. */
  readonly customerLocale?: string | null | undefined;
  readonly closeNotices: Readonly<Record<string, string>>;
  readonly staleNotices: Readonly<Record<string, string>>;
}

const lifecycleSetting: TicketSetting<WorkspacePart> = {
  kind: 'LIFECYCLE',
  nameOf: () => '',
  stateOf: ({ workspace }): Omit<Lifecycle, 'lifecycleVersion'> & SettingState => ({
    reopenDays: workspace.reopenDays,
    closeAfterDays: workspace.closeAfterDays,
    staleAfterDays: workspace.staleAfterDays,
    staleCloseDays: workspace.staleCloseDays,
    customerLocale: workspace.customerLocale,
    closeNotices: workspace.closeNotices,
    staleNotices: workspace.staleNotices,
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

export function saveLifecycle(scope: Scope, { lifecycleVersion, ...wanted }: SaveLifecycle): Promise<Lifecycle> {
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

function requireLifecycle({
  customerLocale,
  closeNotices,
  staleNotices,
  ...wanted
}: Omit<SaveLifecycle, 'lifecycleVersion'>): Partial<Lifecycle> {
  const { reopenDays, closeAfterDays, staleAfterDays, staleCloseDays } = wanted;
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
  const locale = optionalLocale('customerLocale', customerLocale);
  return {
    ...wanted,
    ...(locale ? { customerLocale: locale } : {}),
    closeNotices: requireNotices('closeNotices', closeNotices),
    staleNotices: requireNotices('staleNotices', staleNotices),
  };
}

function requireNotices(field: string, texts: Readonly<Record<string, string>>): LocalizedTexts {
  for (const [tag, text] of Object.entries(texts)) {
    optionalLocale(field, tag);
    if (text.length > longestNotice) throw new InvalidInput(`The text has ${text.length} characters. Allowed: ${longestNotice}.`, field);
  }
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ''));
}
