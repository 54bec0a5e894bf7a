import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { hashSecret } from '../../platform/keys.ts';
import { newSecret } from './secret.ts';
import { Letter, LetterKind } from './credential.entity.ts';
import { LinkInvalid } from './identity.errors.ts';
import { Member } from './member.entity.ts';

const livesMs: Record<LetterKind, number> = { RESET: 3_600_000, INVITATION: 7 * 86_400_000 };
const pages: Record<LetterKind, string> = { RESET: 'reset', INVITATION: 'invitation' };

interface LinkSettings {
  readonly publicUrl: string;
  readonly at: Date;
  /** False for a link that is shown to a member instead of being mailed to the person. */
  readonly mailed: boolean;
}

/** Creates a link that sets the password of an account. Earlier ones stop working. */
export async function createResetLink(em: EntityManager, accountId: string, settings: LinkSettings): Promise<string> {
  await endLinks(em, accountId, settings.at);
  return createLink(em, LetterKind.RESET, { accountId, workspaceId: null, memberId: null }, settings);
}

/** Creates a link that accepts one invitation. Earlier ones stop working. */
export async function createInvitationLink(
  em: EntityManager,
  { workspaceId, id: memberId }: Pick<Member, 'workspaceId' | 'id'>,
  settings: LinkSettings,
): Promise<string> {
  await em.nativeUpdate(Letter, { workspaceId, memberId, usedAt: null }, { usedAt: settings.at });
  return createLink(em, LetterKind.INVITATION, { accountId: null, workspaceId, memberId }, settings);
}

async function createLink(
  em: EntityManager,
  kind: LetterKind,
  whose: Pick<Letter, 'accountId' | 'workspaceId' | 'memberId'>,
  { publicUrl, at, mailed }: LinkSettings,
): Promise<string> {
  const token = newSecret('link');
  await em.insert(Letter, {
    tokenHash: hashSecret(token),
    kind,
    ...whose,
    mailed,
    createdAt: at,
    expiresAt: new Date(at.getTime() + livesMs[kind]),
    usedAt: null,
  });
  // After the #, where no server, proxy or next page gets to see it.
  return `${publicUrl}/${pages[kind]}#${token}`;
}

/** Uses a reset link up; refuses with one answer for all links that open nothing. */
export async function useResetLink(em: EntityManager, token: string, at: Date): Promise<{ accountId: string; mailed: boolean }> {
  const { accountId, mailed } = await useLink(em, LetterKind.RESET, token, at);
  if (accountId === null) throw new LinkInvalid();
  return { accountId, mailed };
}

/** Uses an invitation up and returns the member that it is for, locked, who has no account yet. */
export async function useInvitation(em: EntityManager, token: string, at: Date): Promise<{ member: Member; mailed: boolean }> {
  const { workspaceId, memberId, mailed } = await useLink(em, LetterKind.INVITATION, token, at);
  if (workspaceId === null || memberId === null) throw new LinkInvalid();
  const where = { workspaceId, id: memberId, active: true, accountId: null };
  const member = await em.findOne(Member, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!member) throw new LinkInvalid();
  return { member, mailed };
}

async function useLink(em: EntityManager, kind: LetterKind, token: string, at: Date): Promise<Letter> {
  const where = { tokenHash: hashSecret(token), kind, usedAt: null, expiresAt: { $gt: at } };
  const letter = await em.findOne(Letter, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!letter) throw new LinkInvalid();
  letter.usedAt = at;
  return letter;
}

/** Ends the reset links of an account. */
export async function endLinks(em: EntityManager, accountId: string, at: Date): Promise<void> {
  await em.nativeUpdate(Letter, { accountId, usedAt: null }, { usedAt: at });
}

/** Ends the reset links of an account that an administrator of one workspace was shown. */
export async function endShownLinks(em: EntityManager, accountId: string, at: Date): Promise<void> {
  await em.nativeUpdate(Letter, { accountId, mailed: false, usedAt: null }, { usedAt: at });
}

interface Words {
  readonly subject: string;
  readonly body: string;
}

interface About {
  readonly name: string;
  readonly workspace: string;
  readonly link: string;
}

/** What letters say, by language and kind. */
const words: Record<string, Record<LetterKind | 'JOIN', (about: About) => Words>> = {
  en: {
    RESET: ({ name, link }) => ({
      subject: 'A new password for Baton',
      body: `Hello ${name},\n\nwe received a request to reset the password of your account. If you made it, choose a new password here within an hour:\n\n${link}\n\nIf you did not, ignore this email.\n`,
    }),
    INVITATION: ({ name, workspace, link }) => ({
      subject: `You are invited to ${workspace}`,
      body: `Hello ${name},\n\nyou are invited to work in ${workspace}. Choose a password here within seven days:\n\n${link}\n`,
    }),
    JOIN: ({ name, workspace, link }) => ({
      subject: `You are invited to ${workspace}`,
      body: `Hello ${name},\n\nyou are invited to work in ${workspace}. You already have an account: open this link within seven days and sign in to accept.\n\n${link}\n`,
    }),
  },
  uk: {
    RESET: ({ name, link }) => ({
      subject: 'Новий пароль для Baton',
      body: `Вітаємо, ${name}!\n\nХтось попросив новий пароль для вашого облікового запису. Якщо це ви, оберіть його тут протягом години:\n\n${link}\n\nЯкщо це не ви, нічого робити не треба.\n`,
    }),
    INVITATION: ({ name, workspace, link }) => ({
      subject: `Вас запрошено до ${workspace}`,
      body: `Вітаємо, ${name}!\n\nВас запрошено працювати в ${workspace}. Оберіть пароль тут протягом семи днів:\n\n${link}\n`,
    }),
    JOIN: ({ name, workspace, link }) => ({
      subject: `Вас запрошено до ${workspace}`,
      body: `Вітаємо, ${name}!\n\nВас запрошено працювати в ${workspace}. Ви вже маєте обліковий запис: відкрийте це посилання протягом семи днів і увійдіть, щоб прийняти запрошення.\n\n${link}\n`,
    }),
  },
};

export function letterWords(locale: string, kind: LetterKind | 'JOIN', about: About): Words {
  const texts = words[locale] ?? words.en;
  if (!texts) throw new Error('there are no letters');
  return texts[kind](about);
}
