import { InvalidInput } from '../kernel/domain-error.ts';
import { serveParsers } from '../platform/parsing/serve-parsers.ts';

/** Parsers that do what the parser of hostile input may end up doing. */
serveParsers({
  echo: (text) => text,
  refuse: (text) => {
    throw new InvalidInput(`Invalid text: ${text}.`, 'text');
  },
  loop: () => {
    for (;;);
  },
  // Exponential for this input on an engine that backtracks.
  backtrack: () => /^(a+)+$/.test(`${'a'.repeat(60)}!`),
  hoard: () => {
    const kept: string[][] = [];
    for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => `text ${index}`));
  },
  recurse: function recurse(): number {
    return 1 + recurse();
  },
  multiply: (text) => text.repeat(1000),
});
