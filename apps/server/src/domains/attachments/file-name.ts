import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { cutTextStart, isVisible } from '../../kernel/text.ts';

/** NTFS takes `a.exe::$DATA` for another name of `a.exe`. */
const streamSuffix = /:[^:]*:?\$[a-z_]+\s*$/i;
/** Windows drops points and spaces at the end of a name. */
const trailing = /[.\s\p{Z}]+$/u;
const leading = /^[.\s\p{Z}]+/u;
/** Control and format characters, such as those that turn the direction of text, and what Windows allows in no name. */
const forbidden = /[\p{Cc}\p{Cf}<>:"|?*]/gu;

/** The name under which a file is stored and opened: one line, in the form in which file systems take it. */
export function requireFileName(given: string, refused: readonly string[]): string {
  const base = given.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const name = trim(cutTextStart(trim(base.replace(streamSuffix, '').replace(forbidden, '')), limits.name));
  if (!isVisible(name)) throw new InvalidInput('The file has no visible name. Give it one.', 'name');
  const extension = extensionOf(name);
  if (refused.includes(extension)) {
    throw new InvalidInput(
      `Files of type .${extension} are not allowed, because they can run as programs. Send an archive or a link.`,
      'name',
    );
  }
  return name;
}

function trim(name: string): string {
  return name.replace(leading, '').replace(trailing, '');
}

/** In the form in which extensions are compared: "ｅｘｅ" and "exe" with a variation selector look the same as "exe". */
function extensionOf(name: string): string {
  const plain = name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return plain.replace(trailing, '').split('.').at(-1)?.toLowerCase() ?? '';
}
