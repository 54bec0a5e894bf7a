import { serialize } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { InvalidInput } from '../../kernel/domain-error.ts';

export interface ParserRequest {
  readonly parser: string;
  readonly text: string;
  readonly options: object;
  /** Bytes that the serialized result may have. */
  readonly output: number;
}

export type ParserReply =
  | { readonly result: Uint8Array }
  | { readonly refused: string; readonly field: string | null }
  | { readonly exceeded: 'MEMORY' | 'OUTPUT' }
  | { readonly failed: string };

/** Pure: the same text gives the same result. Throws `InvalidInput` to refuse the text. */
export type Parser = (text: string, options: never) => unknown;

/** The worker's side of `ParserPool`. */
export function serveParsers(parsers: Readonly<Record<string, Parser>>): void {
  parentPort?.on('message', (request: ParserRequest) => parentPort?.postMessage(reply(parsers, request)));
  parentPort?.postMessage('ready');
}

function reply(parsers: Readonly<Record<string, Parser>>, { parser, text, options, output }: ParserRequest): ParserReply {
  try {
    const parse = parsers[parser];
    if (!parse) return { failed: 'it is not registered' };
    const result = serialize(parse(text, options as never));
    return result.byteLength > output ? { exceeded: 'OUTPUT' } : { result };
  } catch (error) {
    if (error instanceof InvalidInput) return { refused: error.message, field: error.field };
    // Thrown on a stack overflow and for strings and arrays above the engine's limits.
    if (error instanceof RangeError) return { exceeded: 'MEMORY' };
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
