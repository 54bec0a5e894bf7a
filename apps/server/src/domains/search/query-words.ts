/** A word or a phrase that is looked for, or that must not be there. */
export interface Wanted {
  readonly text: string;
  readonly isPhrase: boolean;
  readonly isUnwanted: boolean;
  /** It may be the beginning of a word: the last that was typed. */
  readonly isBegun: boolean;
}

/** What somebody typed, taken apart: words, `"phrases as they stand"`, and `-unwanted` ones. */
export function wantedIn(text: string): Wanted[] {
  const parts = [...text.matchAll(/(-?)(?:"([^"]*)"?|(\S+))/g)];
  return parts.flatMap(([whole, minus, phrase, word], index) => {
    const isBegun = index === parts.length - 1 && phrase === undefined && !/\s$/.test(text);
    const sought = (phrase ?? word ?? '').trim();
    return sought === '' ? [] : [{ text: sought, isPhrase: phrase !== undefined, isUnwanted: minus === '-' && whole !== '-', isBegun }];
  });
}

/** A wanted word as the database knows it. */
export interface KnownWord {
  /** Its stems; several for a word such as `e-mail`, none for one that says nothing (`the`). */
  readonly stems: readonly string[];
  /** A phrase as a tsquery. */
  readonly phrase: string;
  /** Of a phrase, its words that stand side by side. */
  readonly pairs: readonly number[];
  /** Words of the desk that are spelt nearly so; only looked for where it is none itself. */
  readonly near: readonly string[];
}

/** What a document has that has every phrase that is wanted: what else stands in it is for the question to say. */
export function pairsOf(wanted: readonly Wanted[], known: readonly KnownWord[]): number[] {
  return wanted.flatMap(({ isPhrase, isUnwanted }, index) => (isPhrase && !isUnwanted ? (known[index]?.pairs ?? []) : []));
}

/**
 * The question in PostgreSQL's terms. English words are stemmed by its dictionary. For Ukrainian there is none: its long
 * words are also found by their beginning, without the last two or three letters, where nearly all endings are (truncation,
 * as usual for inflected languages without a stemmer). `weights` limits where words may stand; '' = anywhere.
 */
export function tsQuery(wanted: readonly Wanted[], known: readonly KnownWord[], weights: string): string | null {
  const parts = wanted.flatMap(({ isPhrase, isUnwanted, isBegun }, index) => {
    const { stems = [], phrase = '', near = [] } = known[index] ?? {};
    if (isPhrase && phrase !== '')
      return [not(isUnwanted, `(${weights === '' ? phrase : phrase.replaceAll(/'(?=\s|$|\))/g, `':${weights}`)})`)];
    const [only] = stems;
    if (only === undefined) return [];
    if (stems.length > 1) return [not(isUnwanted, `(${stems.map((stem) => lexeme(stem, weights, false)).join(' & ')})`)];
    const forms = [lexeme(only, weights, isBegun && !isUnwanted), ...near.map((word) => lexeme(word, weights, false))];
    const beginning = isCyrillic(only) && only.length > 4 && !isUnwanted ? only.slice(0, only.length > 8 ? -3 : -2) : null;
    if (beginning) forms.push(lexeme(beginning, weights, true));
    return [not(isUnwanted, `(${forms.join(' | ')})`)];
  });
  // Only what is not wanted finds nothing: it would be the whole desk.
  return parts.some((part) => !part.startsWith('!')) ? parts.join(' & ') : null;
}

const not = (isUnwanted: boolean, part: string) => (isUnwanted ? `!${part}` : part);
const isCyrillic = (word: string) => /^[\p{Script=Cyrillic}ʼ]+$/u.test(word);

function lexeme(stem: string, weights: string, isBeginning: boolean): string {
  const suffix = `${isBeginning ? '*' : ''}${weights}`;
  return `'${stem.replaceAll("'", "''").replaceAll('\\', '\\\\')}'${suffix === '' ? '' : `:${suffix}`}`;
}
