import { t } from '#lib/i18n/index.ts';

interface Answer {
  readonly userErrors: readonly { readonly message?: string }[];
}

/** What a mutation refused with, for people; null where it was done. No answer at all is a lost connection. */
export function refusalOf(answer: Answer | null | undefined): string | null {
  return answer ? (answer.userErrors[0]?.message ?? null) : t('state.noConnection');
}
