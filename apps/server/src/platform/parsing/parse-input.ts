import { InvalidInput } from '../../kernel/domain-error.ts';
import { ParserLimitExceeded, parserPool, type ParserTask } from './parser-pool.ts';

export interface ParsedInput extends ParserTask {
  /** The input field that holds the text. */
  readonly field: string;
  /** For the user, such as "file". */
  readonly what: string;
}

/** Parses what a user gave, on a worker thread. Rejects with `InvalidInput` where the parser refuses it or exceeds a limit. */
export async function parseInput<Result>({ field, what, ...task }: ParsedInput): Promise<Result> {
  try {
    return await parserPool.run<Result>(task);
  } catch (error) {
    if (!(error instanceof ParserLimitExceeded)) throw error;
    throw new InvalidInput(explain(error, what, task), field);
  }
}

function explain({ limit }: ParserLimitExceeded, what: string, { text, limits }: ParserTask): string {
  switch (limit) {
    case 'INPUT':
      return `The ${what} has ${text.length} characters; ${limits.input} are allowed. Shorten it.`;
    case 'OUTPUT':
      return `The ${what} contains too much to process. Split it and try again.`;
    case 'TIME':
    case 'MEMORY':
      return `The ${what} is too complex to process. Simplify it or split it, and try again.`;
    case 'QUEUE':
      return `The server is busy, and the ${what} was not processed. Try again in a few seconds.`;
  }
}
