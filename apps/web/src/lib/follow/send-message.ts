import { FollowMessageSendDocument, type ClientMessageSendInput, type FollowMessageSendMutation } from './generated/graphql.ts';
import { stringifyDocument } from '@urql/core';

/** Sends what the client wrote; `refusal` null where nobody answered. */
export async function sendMessage(
  token: string,
  input: ClientMessageSendInput,
): Promise<{ readonly sent: boolean; readonly refusal: string | null }> {
  try {
    const response = await fetch('/client/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: stringifyDocument(FollowMessageSendDocument), variables: { input } }),
    });
    const { data } = (await response.json()) as { data?: FollowMessageSendMutation | null };
    return { sent: data?.messageSend.sent ?? false, refusal: data?.messageSend.refusal ?? null };
  } catch {
    return { sent: false, refusal: null };
  }
}
