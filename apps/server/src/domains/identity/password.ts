import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import { InvalidInput } from '../../kernel/domain-error.ts';

const shortest = 8;
const longest = 200;
/** Of 0 to 4: 2 withstands ten thousand million guesses at a sign-in that is throttled. */
const leastScore = 2;

let judge: ZxcvbnFactory | undefined;

/** Refuses a password that is short, long or easy to guess. `known` are words about the person that others know. */
export function requirePassword(password: string, known: readonly string[], field = 'password'): void {
  if (password.length < shortest)
    throw new InvalidInput(`The password has ${password.length} characters; use at least ${shortest}.`, field);
  if (password.length > longest) throw new InvalidInput(`The password has more than ${longest} characters. Use a shorter one.`, field);
  judge ??= new ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs });
  if (judge.check(password, [...known]).score >= leastScore) return;
  throw new InvalidInput('This password is easy to guess. Use a longer one, such as a few unrelated words.', field);
}
