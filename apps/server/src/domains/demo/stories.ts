import type { Priority } from '@baton/rules';
import type { Names } from '../tickets/index.ts';

/** What the braces in a story's words can become. */
export const details = {
  shop: ['Shop Online', 'Desk Pro', 'Warehouse 360', 'Orders+'],
  printer: ['ZX-200', 'LP-41', 'MK4', 'TR-9', 'B-120'],
  phone: ['Pixel 9', 'iPhone 16', 'Galaxy A56', 'Redmi 14'],
  city: ['Lviv', 'Kyiv', 'Porto', 'Lyon', 'Graz', 'Odesa'],
} as const;

/** A kind of request that a support desk of an online shop and its software gets, in both languages. */
export interface Story {
  readonly topic: number;
  readonly priority: readonly Priority[];
  readonly subject: Names;
  readonly description: Names;
  readonly notes: readonly Names[];
}

export const topics: readonly { readonly name: Names; readonly team: number }[] = [
  { name: { en: 'Account and sign-in', uk: 'Обліковий запис і вхід' }, team: 0 },
  { name: { en: 'Invoices', uk: 'Рахунки' }, team: 1 },
  { name: { en: 'Refunds', uk: 'Повернення коштів' }, team: 1 },
  { name: { en: 'Delivery', uk: 'Доставка' }, team: 0 },
  { name: { en: 'Printer and scanner', uk: 'Принтер і сканер' }, team: 2 },
  { name: { en: 'Mobile app', uk: 'Мобільний застосунок' }, team: 2 },
  { name: { en: 'API and integrations', uk: 'API та інтеграції' }, team: 2 },
  { name: { en: 'Getting started', uk: 'Початок роботи' }, team: 3 },
  { name: { en: 'Contracts', uk: 'Договори' }, team: 3 },
  { name: { en: 'Other', uk: 'Інше' }, team: 0 },
];

const everyday: readonly Priority[] = ['NORMAL', 'NORMAL', 'NORMAL', 'LOW', 'HIGH'];
const pressing: readonly Priority[] = ['HIGH', 'NORMAL', 'HIGH', 'CRITICAL'];

export const stories: readonly Story[] = [
  {
    topic: 0,
    priority: everyday,
    subject: { en: 'Cannot sign in to {shop} after the password change', uk: 'Не можу увійти в {shop} після зміни пароля' },
    description: {
      en: 'I changed my password this morning and now the page says that it is wrong. I tried two browsers.',
      uk: 'Вранці я змінив пароль, і тепер сторінка каже, що він неправильний. Пробував у двох браузерах.',
    },
    notes: [
      {
        en: 'The account is locked after ten attempts. Unlocked; asked them to try once more.',
        uk: 'Запис заблоковано після десяти спроб. Розблокувала, попросила спробувати ще раз.',
      },
      { en: 'They use a password manager with the old entry.', uk: 'У них менеджер паролів зі старим записом.' },
    ],
  },
  {
    topic: 0,
    priority: everyday,
    subject: { en: 'Please add {count} colleagues to our account', uk: 'Додайте, будь ласка, колег до нашого запису ({count})' },
    description: {
      en: 'We have two new people in the office who should see the orders. Their addresses are below.',
      uk: 'У нас двоє нових працівників, які мають бачити замовлення. Їхні адреси нижче.',
    },
    notes: [{ en: 'Their plan has five seats, three are used. Fine.', uk: 'У тарифі п’ять місць, зайнято три. Гаразд.' }],
  },
  {
    topic: 1,
    priority: everyday,
    subject: { en: 'Invoice for {month} shows the wrong address', uk: 'У рахунку за {month} неправильна адреса' },
    description: {
      en: 'We moved in spring. Could you correct the address and send the invoice again? Accounting needs it by Friday.',
      uk: 'Ми переїхали навесні. Виправте, будь ласка, адресу й надішліть рахунок ще раз. Бухгалтерії він потрібен до п’ятниці.',
    },
    notes: [
      {
        en: 'New address is in the contract from April. Corrected, resent.',
        uk: 'Нова адреса є в договорі від квітня. Виправлено, надіслано.',
      },
    ],
  },
  {
    topic: 1,
    priority: everyday,
    subject: { en: 'Charged twice for order {order}', uk: 'Двічі списано кошти за замовлення {order}' },
    description: {
      en: 'My card statement shows two charges on the same day for one order.',
      uk: 'У виписці з картки два списання того самого дня за одне замовлення.',
    },
    notes: [
      {
        en: 'The second one is an authorisation that the bank releases by itself. Waiting for their statement.',
        uk: 'Друге — це блокування, банк зніме його сам. Чекаємо виписку.',
      },
      { en: 'Confirmed with the payment provider: one capture only.', uk: 'Платіжний провайдер підтвердив: списання одне.' },
    ],
  },
  {
    topic: 2,
    priority: everyday,
    subject: { en: 'Refund for returned order {order}', uk: 'Повернення коштів за замовлення {order}' },
    description: {
      en: 'I sent the parcel back ten days ago. The tracking says delivered, but there is no money yet.',
      uk: 'Я відправила посилку назад десять днів тому. Відстеження показує, що її доставлено, але грошей ще немає.',
    },
    notes: [{ en: 'Warehouse has it since Tuesday. Refund started.', uk: 'На складі з вівторка. Повернення розпочато.' }],
  },
  {
    topic: 3,
    priority: everyday,
    subject: { en: 'Parcel {order} has not moved for four days', uk: 'Посилка {order} не рухається чотири дні' },
    description: {
      en: 'The tracking page has said “in transit” since Monday. We need the goods for an event on Saturday.',
      uk: 'З понеділка відстеження показує «в дорозі». Товар потрібен нам на подію в суботу.',
    },
    notes: [
      { en: 'Asked the carrier; they search the hub.', uk: 'Запитав перевізника, шукають у терміналі.' },
      {
        en: 'If it is not found by Thursday, send a second one by courier.',
        uk: 'Якщо до четверга не знайдуть, надсилаємо другу кур’єром.',
      },
    ],
  },
  {
    topic: 4,
    priority: pressing,
    subject: { en: 'Label printer {printer} prints blank pages', uk: 'Принтер етикеток {printer} друкує порожні сторінки' },
    description: {
      en: 'Since the update this morning every label is empty. We ship about two hundred parcels a day and have stopped.',
      uk: 'Після ранкового оновлення всі етикетки порожні. Ми відправляємо близько двохсот посилок на день і зупинилися.',
    },
    notes: [
      {
        en: 'Same as three others today: driver 4.2. Rolling back helps.',
        uk: 'Те саме, що в трьох інших сьогодні: драйвер 4.2. Допомагає відкат.',
      },
      { en: 'Rolled back by remote session, prints again.', uk: 'Відкотили віддалено, знову друкує.' },
    ],
  },
  {
    topic: 4,
    priority: everyday,
    subject: { en: 'Scanner {printer} does not read the new barcodes', uk: 'Сканер {printer} не читає нові штрихкоди' },
    description: {
      en: 'Half of the new boxes cannot be scanned at the gate. The old ones work.',
      uk: 'Половина нових коробок не сканується на воротах. Зі старими все гаразд.',
    },
    notes: [
      {
        en: 'New codes are Code 128, the profile allows EAN only. Sent the profile.',
        uk: 'Нові коди — Code 128, профіль дозволяє лише EAN. Надіслав профіль.',
      },
    ],
  },
  {
    topic: 5,
    priority: everyday,
    subject: { en: 'The app closes when I open the map ({phone})', uk: 'Застосунок закривається, коли відкриваю карту ({phone})' },
    description: {
      en: 'It happens every time on my phone, not on my tablet. I installed it again already.',
      uk: 'Щоразу на телефоні, на планшеті ні. Я вже перевстановлював.',
    },
    notes: [{ en: 'Reproduced on Android 14 with battery saver on.', uk: 'Відтворюється на Android 14 з увімкненою економією заряду.' }],
  },
  {
    topic: 6,
    priority: pressing,
    subject: { en: 'API answers 502 since {time}', uk: 'API відповідає 502 з {time}' },
    description: {
      en: 'All order imports fail. Our shop cannot confirm orders. Request ids are attached in the log.',
      uk: 'Не проходить жоден імпорт замовлень. Магазин не може підтверджувати замовлення. Номери запитів у журналі.',
    },
    notes: [
      { en: 'Seen on our side too, one node. Restarted, watching.', uk: 'Бачимо й у себе, один вузол. Перезапустили, стежимо.' },
      {
        en: 'Stable for an hour. Cause: certificate of the inner proxy.',
        uk: 'Годину стабільно. Причина: сертифікат внутрішнього проксі.',
      },
    ],
  },
  {
    topic: 6,
    priority: everyday,
    subject: { en: 'Webhook arrives twice, for example for {order}', uk: 'Вебхук приходить двічі, наприклад для {order}' },
    description: {
      en: 'About one in fifty. Is there an id by which we can tell that it is the same event?',
      uk: 'Приблизно один із п’ятдесяти. Чи є ідентифікатор, за яким видно, що це та сама подія?',
    },
    notes: [{ en: 'There is: webhook-id. Sent the page of the guide.', uk: 'Є: webhook-id. Надіслала сторінку довідки.' }],
  },
  {
    topic: 7,
    priority: ['LOW', 'NORMAL'],
    subject: { en: 'How do we import {count} thousand old customers?', uk: 'Як імпортувати наших старих клієнтів ({count} тис.)?' },
    description: {
      en: 'We have a table with about 4,000 rows. Which columns do you need?',
      uk: 'У нас таблиця приблизно на 4000 рядків. Які стовпці вам потрібні?',
    },
    notes: [{ en: 'Sent the template; offered a call on Wednesday.', uk: 'Надіслав шаблон, запропонував дзвінок у середу.' }],
  },
  {
    topic: 7,
    priority: ['LOW', 'NORMAL'],
    subject: { en: 'Training for the new team in {city}', uk: 'Навчання для нової команди, {city}' },
    description: {
      en: 'Could somebody show our six new people the warehouse screens next week?',
      uk: 'Чи може хтось показати нашим шістьом новим працівникам екрани складу наступного тижня?',
    },
    notes: [{ en: 'Thursday 10:00 is free on our side.', uk: 'З нашого боку вільний четвер, 10:00.' }],
  },
  {
    topic: 8,
    priority: ['LOW', 'NORMAL'],
    subject: { en: 'Question about the notice period of contract {order}', uk: 'Питання про строк розірвання договору {order}' },
    description: {
      en: 'Our contract ends in March. Until when would we have to tell you, and is there a smaller plan?',
      uk: 'Наш договір закінчується в березні. До якого числа треба повідомити і чи є менший тариф?',
    },
    notes: [
      { en: 'Account manager informed, wants to call before we answer.', uk: 'Менеджер у курсі, хоче зателефонувати перед відповіддю.' },
    ],
  },
  {
    topic: 9,
    priority: ['LOW', 'NORMAL', 'NORMAL'],
    subject: { en: '{shop} does not load well on my tablet', uk: '{shop} погано відкривається на планшеті' },
    description: {
      en: 'The menu covers half of the text. A picture is attached.',
      uk: 'Меню закриває половину тексту. Знімок додаю.',
    },
    notes: [{ en: 'Known, fixed with the next release.', uk: 'Відомо, виправимо в наступному випуску.' }],
  },
];

export const spam: readonly Names[] = [
  { en: 'Increase your traffic by 300 % this week', uk: 'Збільште відвідуваність на 300 % за тиждень' },
  { en: 'Unclaimed inheritance, reply urgently', uk: 'Незатребувана спадщина, терміново відповідайте' },
  { en: 'Cheap links from 10,000 sites', uk: 'Дешеві посилання з 10 000 сайтів' },
];

export const tagNames = ['vip', 'printer', 'release-4.2', 'refund', 'follow-up', 'bug', 'question', 'urgent-call'] as const;
