/** The form in which names are compared: without regard to case, Unicode form and spacing. */
export function nameKey(text: string): string {
  // Twice: upper case unfolds what lower case leaves apart, such as "ß" and "ss".
  return text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
