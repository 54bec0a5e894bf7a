import { stringifyDocument, type TypedDocumentNode } from '@urql/core';
import type { Client as Socket } from 'graphql-ws';

export interface ChangeSink<Data> {
  readonly onData: (data: Data) => void;
  readonly onFault: (message: string) => void;
}

/**
 * Follows a stream of changes outside the cache. The variables are read anew whenever the socket has to subscribe again,
 * so that it resumes after the last change instead of from where it once began.
 */
export function followChanges<Data, Variables>(
  socket: Socket,
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables,
  { onData, onFault }: ChangeSink<Data>,
): () => void {
  const request = {
    query: stringifyDocument(document),
    get variables() {
      return variables() as Record<string, unknown>;
    },
  };
  return socket.subscribe<Data>(request, {
    next: ({ data, errors }) => (data ? onData(data) : onFault(errors?.[0]?.message ?? '')),
    error: (fault) => onFault(Array.isArray(fault) ? String(fault[0]?.message) : 'socket'),
    complete: () => undefined,
  });
}
