import type { EntityManager } from '@mikro-orm/postgresql';
import { hashSecret } from '../../platform/keys.ts';
import { newSecret } from './secret.ts';
import { Letter, LetterKind } from './credential.entity.ts';
import { LinkInvalid } from './identity.errors.ts';

const livesMs: Record<LetterKind, number> = { RESET: 3_600_000, INVITATION: 7 * 86_400_000 };
const pages: Record<LetterKind, string> = { RESET: 'reset', INVITATION: 'invitation' };

/** A new link; those of the same kind that went before open nothing any more. */
export async function makeLink(em: EntityManager, publicUrl: string, kind: LetterKind, accountId: string, at: Date): Promise<string> {
  const token = newSecret('link');
  await em.nativeUpdate(Letter, { accountId, kind, usedAt: null }, { usedAt: at });
  await em.insert(Letter, {
    tokenHash: hashSecret(token),
    kind,
    accountId,
    createdAt: at,
    expiresAt: new Date(at.getTime() + livesMs[kind]),
    usedAt: null,
  });
  // After the #, where no server, proxy or next page gets to see it.
  return `${publicUrl}/${pages[kind]}#${token}`;
}

/** Uses a link up; refuses with the one answer for all that open nothing. */
export async function useLink(em: EntityManager, kind: LetterKind, token: string, at: Date): Promise<{ accountId: string }> {
  const used = await em.execute<{ account_id: string }[]>(
    'update letter set used_at = ? where token_hash = ? and kind = ? and used_at is null and expires_at > ? returning account_id',
    [at, hashSecret(token), kind, at],
  );
  const [letter] = used;
  if (!letter) throw new LinkInvalid();
  return { accountId: letter.account_id };
}

/** Ends all links of an account, as when its password or address became another. */
export async function endLinks(em: EntityManager, accountId: string, at: Date): Promise<void> {
  await em.nativeUpdate(Letter, { accountId, usedAt: null }, { usedAt: at });
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
const words: Record<string, Record<LetterKind | 'ADDED', (about: About) => Words>> = {
  en: {
    RESET: ({ name, link }) => ({
      subject: 'A new password for Baton',
      body: `Hello ${name},\n\nsomebody asked for a new password for your account. If it was you, choose one here within an hour:\n\n${link}\n\nIf it was not you, nothing needs to be done.\n`,
    }),
    INVITATION: ({ name, workspace, link }) => ({
      subject: `You are invited to ${workspace}`,
      body: `Hello ${name},\n\nyou are invited to work in ${workspace}. Choose a password here within seven days:\n\n${link}\n`,
    }),
    ADDED: ({ name, workspace, link }) => ({
      subject: `You are a member of ${workspace} now`,
      body: `Hello ${name},\n\nyou were added to ${workspace}. Sign in as you always do:\n\n${link}\n`,
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
    ADDED: ({ name, workspace, link }) => ({
      subject: `Тепер ви учасник ${workspace}`,
      body: `Вітаємо, ${name}!\n\nВас додано до ${workspace}. Увійдіть, як завжди:\n\n${link}\n`,
    }),
  },
};

export function letterWords(locale: string, kind: LetterKind | 'ADDED', about: About): Words {
  const texts = words[locale] ?? words.en;
  if (!texts) throw new Error('there are no letters');
  return texts[kind](about);
}
