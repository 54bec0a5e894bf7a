import type { Client, TypedDocumentNode } from '@urql/core';
import { DirectoryDocument } from '#lib/graphql/generated/graphql.ts';
import { mutate } from '#lib/graphql/index.ts';
import { t } from '#lib/i18n/index.ts';

interface Refusal {
  readonly message?: string;
  readonly field?: string | null;
}

/** What is wrong, by the field it is about; '' for the whole. */
export type Faults = Readonly<Record<string, string>>;

/** Saves a setting and loads what tickets are made of anew. Answers what is wrong with it; nothing where it was saved. */
export async function saveSetting<Input>(
  client: Client,
  document: TypedDocumentNode<Record<string, unknown>, { input: Input }>,
  input: Input,
): Promise<Faults> {
  const data = await mutate(client, document, { input });
  if (!data) return { '': t('state.noConnection') };
  const [answer] = Object.values(data).filter((value) => typeof value === 'object') as { userErrors: readonly Refusal[] }[];
  const faults = Object.fromEntries((answer?.userErrors ?? []).map(({ field, message }) => [field ?? '', message ?? '']));
  await client.query(DirectoryDocument, {}, { requestPolicy: 'network-only' }).toPromise();
  return faults;
}
