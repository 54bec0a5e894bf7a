import {
  FollowMessageSendDocument,
  FollowRatingGiveDocument,
  type ClientMessageSendInput,
  type ClientRatingInput,
  type FollowMessageSendMutation,
  type FollowRatingGiveMutation,
} from './generated/graphql.ts';
import { stringifyDocument } from '@urql/core';

/** A file that is on the desk, for a message that is not sent yet. */
export interface GivenFile {
  readonly id: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** Brings a file to the desk; `refusal` null where nobody answered. */
export async function giveFile(token: string, messageId: string, file: File): Promise<GivenFile | { readonly refusal: string | null }> {
  const query = new URLSearchParams({ messageId, name: file.name || 'image.png' });
  try {
    const response = await fetch(`/client/files?${query.toString()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${token}` },
      body: file,
    });
    const { id, message = null } = (await response.json()) as { id?: string; message?: string };
    return response.ok && id ? { id, name: file.name, size: file.size } : { refusal: message };
  } catch {
    return { refusal: null };
  }
}

/** Sends what the client wrote; `refusal` null where nobody answered. */
export async function sendMessage(
  token: string,
  input: ClientMessageSendInput,
): Promise<{ readonly sent: boolean; readonly refusal: string | null; readonly followUpUrl: string | null }> {
  try {
    const data = await ask<FollowMessageSendMutation>(token, stringifyDocument(FollowMessageSendDocument), input);
    const { sent = false, refusal = null, followUpUrl = null } = data?.messageSend ?? {};
    return { sent, refusal, followUpUrl };
  } catch {
    return { sent: false, refusal: null, followUpUrl: null };
  }
}

/** Says how the client was served; `refusal` null where nobody answered. */
export async function giveRating(
  token: string,
  input: ClientRatingInput,
): Promise<{ readonly given: boolean; readonly refusal: string | null }> {
  try {
    const data = await ask<FollowRatingGiveMutation>(token, stringifyDocument(FollowRatingGiveDocument), input);
    return { given: data?.ratingGive.rating != null, refusal: data?.ratingGive.refusal ?? null };
  } catch {
    return { given: false, refusal: null };
  }
}

async function ask<Data>(token: string, query: string, input: object): Promise<Data | null> {
  const response = await fetch('/client/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { input } }),
  });
  return ((await response.json()) as { data?: Data | null }).data ?? null;
}
