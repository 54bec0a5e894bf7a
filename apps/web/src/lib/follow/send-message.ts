import { FollowMessageSendDocument, type ClientMessageSendInput, type FollowMessageSendMutation } from './generated/graphql.ts';
import { stringifyDocument } from '@urql/core';

/** Sends what the client wrote; `refusal` null where nobody answered. */
export async function sendMessage(
  token: string,
  input: ClientMessageSendInput,
): Promise<{ readonly sent: boolean; readonly refusal: string | null; readonly followUpUrl: string | null }> {
  try {
    const response = await fetch('/client/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: stringifyDocument(FollowMessageSendDocument), variables: { input } }),
    });
    const { data } = (await response.json()) as { data?: FollowMessageSendMutation | null };
    const { sent = false, refusal = null, followUpUrl = null } = data?.messageSend ?? {};
    return { sent, refusal, followUpUrl };
  } catch {
    return { sent: false, refusal: null, followUpUrl: null };
  }
}
