import type { Client, TypedDocumentNode } from '@urql/core';
import { DirectoryDocument } from '#lib/graphql/generated/graphql.ts';
import { mutate } from '#lib/graphql/index.ts';
import { t } from '#lib/i18n/index.ts';

interface Refusal {
  readonly message?: string;
  readonly code?: string;
  readonly field?: string | null;
}

/** What is wrong, by the field it is about; '' for the whole. */
export type Faults = Readonly<Record<string, string>>;

export interface SaveAnswer {
  /** Nothing where it was saved. */
  readonly faults: Faults;
  /** Somebody else saved first. */
  readonly conflict: boolean;
}

/** Saves a setting and loads what tickets are made of anew. */
export async function saveSetting<Input>(
  client: Client,
  document: TypedDocumentNode<Record<string, unknown>, { input: Input }>,
  input: Input,
): Promise<SaveAnswer> {
  const data = await mutate(client, document, { input });
  if (!data) return { faults: { '': t('state.noConnection') }, conflict: false };
  const [answer] = Object.values(data).filter((value) => typeof value === 'object') as { userErrors: readonly Refusal[] }[];
  const errors = answer?.userErrors ?? [];
  await client.query(DirectoryDocument, {}, { requestPolicy: 'network-only' }).toPromise();
  return {
    faults: Object.fromEntries(errors.map(({ field, message }) => [field ?? '', message ?? ''])),
    conflict: errors.some(({ code }) => code === 'SETTINGS_CONFLICT'),
  };
}
