/** The form in which names are compared: without regard to case, Unicode form and spacing. */
export function nameKey(text: string): string {
  // Twice: upper case unfolds what lower case leaves apart, such as "ß" and "ss".
  return text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}

/** Characters that take no ink: format and control characters, blanks, fillers. */
const invisible = /[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Whether a reader would see nothing of it. */
export function isInvisible(text: string): boolean {
  return text.replace(invisible, '') === '';
}
