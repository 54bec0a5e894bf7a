import { v7, validate } from 'uuid';

/** A new identifier. Version 7 grows with time, so index pages are filled in order. */
export function newId(): string {
  return v7();
}

export function isId(text: string): boolean {
  return validate(text);
}
