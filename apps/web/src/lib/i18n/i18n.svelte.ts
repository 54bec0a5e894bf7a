import { parseLocale, type Locale } from '@baton/rules';
import { IntlMessageFormat } from 'intl-messageformat';
import type board from './messages/board.en.json';
import type bulk from './messages/bulk.en.json';
import type contacts from './messages/contacts.en.json';
import type english from './messages/en.json';
import type filter from './messages/filter.en.json';
import type follow from './messages/follow.en.json';
import type notifications from './messages/notifications.en.json';
import type palette from './messages/palette.en.json';
import type settings from './messages/settings.en.json';
import type ticket from './messages/ticket.en.json';

export type MessageKey =
  | keyof typeof board
  | keyof typeof bulk
  | keyof typeof contacts
  | keyof typeof english
  | keyof typeof filter
  | keyof typeof follow
  | keyof typeof notifications
  | keyof typeof palette
  | keyof typeof settings
  | keyof typeof ticket;
export type { Locale };

export const locales: readonly { readonly code: Locale; readonly name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'uk', name: 'Українська' },
];

type Messages = Readonly<Record<string, string>>;

type Catalogue = Record<Locale, () => Promise<{ default: Messages }>>;

/** Whatever is not on the screen at first brings its own words, so that the queue need not. */
const catalogues = {
  desk: { en: () => import('./messages/en.json'), uk: () => import('./messages/uk.json') },
  ticket: { en: () => import('./messages/ticket.en.json'), uk: () => import('./messages/ticket.uk.json') },
  filter: { en: () => import('./messages/filter.en.json'), uk: () => import('./messages/filter.uk.json') },
  notifications: { en: () => import('./messages/notifications.en.json'), uk: () => import('./messages/notifications.uk.json') },
  palette: { en: () => import('./messages/palette.en.json'), uk: () => import('./messages/palette.uk.json') },
  settings: { en: () => import('./messages/settings.en.json'), uk: () => import('./messages/settings.uk.json') },
  bulk: { en: () => import('./messages/bulk.en.json'), uk: () => import('./messages/bulk.uk.json') },
  contacts: { en: () => import('./messages/contacts.en.json'), uk: () => import('./messages/contacts.uk.json') },
  board: { en: () => import('./messages/board.en.json'), uk: () => import('./messages/board.uk.json') },
  follow: { en: () => import('./messages/follow.en.json'), uk: () => import('./messages/follow.uk.json') },
} satisfies Record<string, Catalogue>;
type Part = keyof typeof catalogues;

const storageKey = 'baton.locale';

/** The language of the page. What reads it is shown anew when it changes. */
class Language {
  locale = $state<Locale>('en');
  #messages = $state.raw<Messages>({});
  #formats = new Map<string, IntlMessageFormat>();
  /** What a workspace calls things, by language. */
  #own = $state.raw<Partial<Record<Locale, Messages>>>({});
  #parts: readonly Part[] = ['desk'];

  /** Loads the remembered language, or the browser's where we have it. */
  async begin(): Promise<void> {
    const remembered = localStorage.getItem(storageKey) ?? navigator.language;
    await this.use(parseLocale(remembered) ?? 'en', false);
  }

  async use(locale: Locale, remember = true): Promise<void> {
    this.#messages = await load(this.#parts, locale);
    this.#formats = new Map();
    this.locale = locale;
    document.documentElement.lang = locale;
    if (remember) localStorage.setItem(storageKey, locale);
  }

  /** Loads the words of a part of the pages, before it is shown. */
  async need(part: Part): Promise<void> {
    if (this.#parts.includes(part)) return;
    this.#parts = [...this.#parts, part];
    const more = await load([part], this.locale);
    // Read only now: other parts may have come meanwhile.
    this.#messages = { ...this.#messages, ...more };
  }

  /** Says things by the workspace's own names from now on, in place of those of the catalogues. */
  rename(own: Partial<Record<Locale, Messages>>): void {
    this.#own = own;
  }

  text(key: MessageKey, values?: Record<string, string | number>): string {
    const message = this.#own[this.locale]?.[key] ?? this.#messages[key];
    if (message === undefined) return key;
    if (!values) return message;
    let format = this.#formats.get(key);
    if (!format) {
      format = new IntlMessageFormat(message, this.locale);
      this.#formats.set(key, format);
    }
    return String(format.format(values));
  }

  /** For keys made from data, such as an event's type; the data's own word where no message is known. */
  textFor(key: string, values?: Record<string, string | number>): string {
    return key in this.#messages ? this.text(key as MessageKey, values) : key;
  }
}

async function load(parts: readonly Part[], locale: Locale): Promise<Messages> {
  const loaded = await Promise.all(parts.map((part) => catalogues[part][locale]()));
  return Object.assign({}, ...loaded.map(({ default: messages }) => messages)) as Messages;
}

export const language = new Language();

export function t(key: MessageKey, values?: Record<string, string | number>): string {
  return language.text(key, values);
}

/** A name that the workspace gave, in the page's language or the nearest that there is. */
export function localized(names: readonly { readonly locale: string; readonly text: string }[]): string {
  return (names.find((name) => name.locale === language.locale) ?? names.find((name) => name.locale === 'en') ?? names[0])?.text ?? '';
}
