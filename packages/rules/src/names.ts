const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * The form in which names are compared: without regard to case, Unicode form, spacing and invisible characters. The SQL
 * function `name_key` does the same.
 */
export function nameKey(text: string): string {
  const line = text.normalize('NFC').replace(invisible, '').replace(/\s+/g, ' ').trim();
  // Twice: upper case unfolds what lower case leaves apart, such as "ß" and "ss".
  return line.toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
