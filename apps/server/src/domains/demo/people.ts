import { Role } from '../identity/index.ts';

export const teams = ['Support', 'Billing', 'Technical', 'Onboarding'] as const;

export interface DemoMember {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** Places in `teams`. */
  readonly teams: readonly number[];
  readonly locale: 'en' | 'uk';
}

/** The people of the demo desk, in every role. All of them are made up. */
export const members: readonly DemoMember[] = [
  { name: 'Olena Kovalenko', email: 'olena@demo.baton', role: Role.OWNER, teams: [0, 1, 2, 3], locale: 'uk' },
  { name: 'Martin Weiss', email: 'martin@demo.baton', role: Role.ADMIN, teams: [2], locale: 'en' },
  { name: 'Sofia Marchenko', email: 'sofia@demo.baton', role: Role.SUPERVISOR, teams: [0, 1], locale: 'uk' },
  { name: 'James Okafor', email: 'james@demo.baton', role: Role.SUPERVISOR, teams: [2, 3], locale: 'en' },
  { name: 'Ada Lindqvist', email: 'ada@demo.baton', role: Role.AGENT, teams: [0, 2], locale: 'en' },
  { name: 'Bohdan Shevchuk', email: 'bohdan@demo.baton', role: Role.AGENT, teams: [0, 2], locale: 'uk' },
  { name: 'Chiara Rossi', email: 'chiara@demo.baton', role: Role.AGENT, teams: [1], locale: 'en' },
  { name: 'Dmytro Bondar', email: 'dmytro@demo.baton', role: Role.AGENT, teams: [2], locale: 'uk' },
  { name: 'Emma Novak', email: 'emma@demo.baton', role: Role.AGENT, teams: [3, 0], locale: 'en' },
  { name: 'Yaryna Melnyk', email: 'yaryna@demo.baton', role: Role.AGENT, teams: [1, 3], locale: 'uk' },
  { name: 'Felix Braun', email: 'felix@demo.baton', role: Role.LIGHT_AGENT, teams: [2], locale: 'en' },
  { name: 'Grace Tanaka', email: 'grace@demo.baton', role: Role.GUEST, teams: [0], locale: 'en' },
];

export const demoPassword = 'baton-demo';

export const firstNames = {
  en: [
    'Alice',
    'Henry',
    'Nora',
    'Oscar',
    'Priya',
    'Lucas',
    'Maya',
    'Victor',
    'Hannah',
    'Samuel',
    'Ingrid',
    'Theo',
    'Leila',
    'Paul',
    'Renata',
  ],
  uk: [
    'Андрій',
    'Марія',
    'Ігор',
    'Наталя',
    'Тарас',
    'Юлія',
    'Петро',
    'Оксана',
    'Роман',
    'Ірина',
    'Василь',
    'Ганна',
    'Степан',
    'Лариса',
    'Євген',
  ],
} as const;

export const lastNames = {
  en: [
    'Fischer',
    'Moreau',
    'Clarke',
    'Haddad',
    'Silva',
    'Jensen',
    'Kumar',
    'Walsh',
    'Ortiz',
    'Bennett',
    'Larsen',
    'Popescu',
    'Meyer',
    'Conti',
  ],
  uk: [
    'Ткаченко',
    'Кравчук',
    'Поліщук',
    'Савченко',
    'Гнатюк',
    'Лисенко',
    'Романюк',
    'Мороз',
    'Павленко',
    'Їжакевич',
    'Ґудзь',
    'Білик',
    'Дяченко',
  ],
} as const;

export const organizations = [
  'Northwind Parts',
  'Lime Street Books',
  'Atelier Roux',
  'Карпатський мед',
  'Kyiv Coffee Works',
  'Havn Logistics',
  'Sunfield Farms',
  'Полісся Декор',
] as const;
