import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, it } from 'vitest';
import boardEnglish from './messages/board.en.json' with { type: 'json' };
import boardUkrainian from './messages/board.uk.json' with { type: 'json' };
import bulkEnglish from './messages/bulk.en.json' with { type: 'json' };
import bulkUkrainian from './messages/bulk.uk.json' with { type: 'json' };
import contactsEnglish from './messages/contacts.en.json' with { type: 'json' };
import contactsUkrainian from './messages/contacts.uk.json' with { type: 'json' };
import deskEnglish from './messages/en.json' with { type: 'json' };
import filterEnglish from './messages/filter.en.json' with { type: 'json' };
import filterUkrainian from './messages/filter.uk.json' with { type: 'json' };
import followEnglish from './messages/follow.en.json' with { type: 'json' };
import followUkrainian from './messages/follow.uk.json' with { type: 'json' };
import notificationsEnglish from './messages/notifications.en.json' with { type: 'json' };
import notificationsUkrainian from './messages/notifications.uk.json' with { type: 'json' };
import paletteEnglish from './messages/palette.en.json' with { type: 'json' };
import paletteUkrainian from './messages/palette.uk.json' with { type: 'json' };
import settingsEnglish from './messages/settings.en.json' with { type: 'json' };
import settingsUkrainian from './messages/settings.uk.json' with { type: 'json' };
import ticketEnglish from './messages/ticket.en.json' with { type: 'json' };
import ticketUkrainian from './messages/ticket.uk.json' with { type: 'json' };
import deskUkrainian from './messages/uk.json' with { type: 'json' };

const englishParts = [
  boardEnglish,
  bulkEnglish,
  contactsEnglish,
  deskEnglish,
  filterEnglish,
  followEnglish,
  notificationsEnglish,
  paletteEnglish,
  settingsEnglish,
  ticketEnglish,
];
const ukrainianParts = [
  boardUkrainian,
  bulkUkrainian,
  contactsUkrainian,
  deskUkrainian,
  filterUkrainian,
  followUkrainian,
  notificationsUkrainian,
  paletteUkrainian,
  settingsUkrainian,
  ticketUkrainian,
];
const english: Record<string, string> = Object.assign({}, ...englishParts);
const ukrainian: Record<string, string> = Object.assign({}, ...ukrainianParts);
const catalogues: Record<string, Record<string, string>> = { en: english, uk: ukrainian };

it('says everything in every language, once and in the same part', () => {
  const keys = (parts: readonly object[]) => parts.map((part) => Object.keys(part).sort());

  expect(keys(ukrainianParts)).toEqual(keys(englishParts));
  expect(Object.keys(english)).toHaveLength(keys(englishParts).flat().length);
});

it('says nothing that nobody says', () => {
  const folder = fileURLToPath(new URL('../../', import.meta.url));
  const code = globSync('**/*.{ts,svelte}', { cwd: folder, exclude: ['**/generated/**', '**/*.test.ts'] })
    .map((name) => readFileSync(`${folder}${name}`, 'utf8'))
    .join();
  const spoken = new Set([...code.matchAll(/'([\w.]+)'/g)].map(([, key]) => key));
  // Such as `permission.${key}`: one message for each of a kind.
  const kinds = [...code.matchAll(/`((?:\w+\.)+)\$\{/g)].map(([, kind]) => kind ?? '');

  expect(Object.keys(english).filter((key) => !spoken.has(key) && !kinds.some((kind) => key.startsWith(kind)))).toEqual([]);
});

it('asks for the same values in every language', () => {
  const names = (message: string) =>
    [...message.matchAll(/\{(\w+)/g)]
      .map(([, name]) => name)
      .sort()
      .join();

  for (const [key, message] of Object.entries(english)) {
    expect(new Set(names(ukrainian[key] ?? '').split(',')), key).toEqual(new Set(names(message).split(',')));
  }
});

it('has only messages that can be formatted', () => {
  const values = {
    text: 'X',
    token: 'T',
    line: 3,
    done: 1,
    hours: 1,
    minutes: 5,
    all: 2,
    total: 'T',
    action: 'A',
    key: 'K',
    name: 'N',
    time: 'T',
    reason: 'R',
    count: 5,
    number: 1,
    view: 'V',
    field: 'F',
    from: 'A',
    to: 'B',
    names: 'N, M',
    workspace: 'W',
    metric: 'M',
    policy: 'P',
    version: 2,
    zone: 'Z',
    counted: 'C',
    target: 'T',
    day: 'D',
    date: 'D',
    running: 5,
    earlier: 1,
    later: 2,
    breaches: 1,
    what: 'W',
    kind: 'K',
    days: 3,
    language: 'L',
    parts: 'P',
    team: 'T',
  };

  for (const [locale, messages] of Object.entries(catalogues)) {
    for (const [key, message] of Object.entries(messages)) {
      expect(String(new IntlMessageFormat(message, locale).format(values)), `${locale} ${key}`).not.toMatch(/[{}]/);
    }
  }
});

it('counts in four Ukrainian forms', () => {
  const count = (count: number) => new IntlMessageFormat(ukrainian['list.count'] ?? '', 'uk').format({ count });

  expect([1, 2, 5, 21, 1.5].map(count)).toEqual(['1 заявка', '2 заявки', '5 заявок', '21 заявка', '1,5 заявки']);
});
