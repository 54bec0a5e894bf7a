import { stringifyDocument, type TypedDocumentNode } from '@urql/core';
import type { Client as Socket } from 'graphql-ws';

export interface ChangeSink<Data> {
  readonly onData: (data: Data) => void;
  /** `code`: why the server ended it; null for a fault of the connection. */
  readonly onFault: (message: string, code: string | null) => void;
}

/** A stream that the server ended is asked for again after this while. */
const retryMs = 1000;

/**
 * Follows a stream of changes outside the cache. The variables are read anew whenever it has to subscribe again, after a
 * lost connection or because the server ended the stream, so that it resumes after the last change instead of from where
 * it once began.
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
  let stopped = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  let stop: () => void = () => undefined;
  const subscribe = () => {
    stop = socket.subscribe<Data>(request, {
      next: ({ data, errors }) => (data ? onData(data) : onFault(errors?.[0]?.message ?? '', codeOf(errors?.[0]))),
      error: (fault) => {
        onFault(Array.isArray(fault) ? String(fault[0]?.message) : 'socket', Array.isArray(fault) ? codeOf(fault[0]) : null);
        again = setTimeout(subscribe, retryMs);
      },
      complete: () => {
        if (!stopped) again = setTimeout(subscribe, retryMs);
      },
    });
  };
  subscribe();
  return () => {
    stopped = true;
    clearTimeout(again);
    stop();
  };
}

function codeOf(fault: { readonly extensions?: Readonly<Record<string, unknown>> } | undefined): string | null {
  const code = fault?.extensions?.code;
  return typeof code === 'string' ? code : null;
}
