import { parsePriority, priorities, Priority, StatusCategory, TicketSource, nameKey } from '@baton/rules';
import { WaitingOn, type Status } from '../tickets/index.ts';
import { ImportFault } from './import-fault.ts';
import { RowFault } from './row-fault.ts';

type ValueField = 'status' | 'priority' | 'source';

/** What values of a file mean here: a name of the workspace's own, or null to read them as empty. */
export type ValueMapping = Readonly<Partial<Record<ValueField, Readonly<Record<string, string | null>>>>>;

/** A value that was read as another word. */
export interface Conversion {
  readonly field: ValueField;
  readonly value: string;
  readonly to: string;
}

/** Words that mean one thing in every help desk. */
const statusWords: Readonly<Record<string, StatusCategory>> = {
  new: 'NEW',
  open: 'OPEN',
  reopened: 'OPEN',
  assigned: 'OPEN',
  active: 'OPEN',
  todo: 'OPEN',
  'in progress': 'IN_PROGRESS',
  'work in progress': 'IN_PROGRESS',
  doing: 'IN_PROGRESS',
  waiting: 'WAITING',
  pending: 'WAITING',
  hold: 'WAITING',
  'on hold': 'WAITING',
  'pending customer response': 'WAITING',
  'waiting on customer': 'WAITING',
  'waiting for customer': 'WAITING',
  snoozed: 'WAITING',
  resolved: 'RESOLVED',
  solved: 'RESOLVED',
  done: 'RESOLVED',
  closed: 'CLOSED',
  spam: 'SPAM',
};

/** What other words most likely mean. They are proposed and never applied unasked. */
const likelyStatuses: readonly (readonly [RegExp, StatusCategory])[] = [
  [/spam/, 'SPAM'],
  [/merged|archived|reject|cancel|deleted|duplicate|invalid|won.?t (do|fix)|закрит|скасов|відхил/, 'CLOSED'],
  [/pending|wait|hold|stalled|answered|snooze|deferred|paused|чека|очіку|призупин/, 'WAITING'],
  [/resolve|solve|done|fixed|complete|вирішен|викона/, 'RESOLVED'],
  [/progress|processing|working|started|в робот/, 'IN_PROGRESS'],
  [/open|to.?do|escalat|assigned|accepted|відкрит|призначен/, 'OPEN'],
  [/new|нов/, 'NEW'],
];

const likelyPriorities: readonly (readonly [RegExp, Priority])[] = [
  [/^p ?[01]$|critical|emergency|highest|blocker|very high|urgent|immediate|критич|термінов|найвищ/, 'CRITICAL'],
  [/^p ?2$|high|major|важлив|висок/, 'HIGH'],
  [/^p ?[45]$|low|minor|trivial|низьк/, 'LOW'],
  [/^p ?3$|normal|medium|moderate|середн|звичайн/, 'NORMAL'],
];

const sourceWords: Readonly<Record<string, TicketSource>> = { email: 'EMAIL', chat: 'WIDGET', widget: 'WIDGET', web: 'WIDGET', api: 'API' };

interface Workspace {
  /** In their order. */
  readonly statuses: readonly Status[];
  readonly priorityNames: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Reads words of a file as statuses, priorities and sources of a workspace, and remembers which it read as others or not at all. */
export class ValueWords {
  readonly #mapped: ReadonlyMap<string, string | null>;
  readonly #conversions = new Map<string, Conversion>();
  readonly #unknown = new Map<string, { field: ValueField; value: string; likely: string | null }>();

  constructor(
    private readonly workspace: Workspace,
    mapping: ValueMapping,
  ) {
    this.#mapped = new Map(
      Object.entries(mapping).flatMap(([field, values]) =>
        Object.entries(values).map(([value, to]) => [`${field} ${nameKey(value)}`, to] as const),
      ),
    );
    for (const [field, values] of Object.entries(mapping)) for (const to of Object.values(values)) this.#requireTarget(field, to);
  }

  get conversions(): Conversion[] {
    return [...this.#conversions.values()];
  }

  /** A mapping that the user can save and correct; null where every value was read. */
  get proposal(): ValueMapping | null {
    if (this.#unknown.size === 0) return null;
    const proposal: Partial<Record<ValueField, Record<string, string | null>>> = {};
    for (const { field, value, likely } of this.#unknown.values()) (proposal[field] ??= {})[value] = likely;
    return proposal;
  }

  status(text: string | null): Status {
    const { word, from } = this.#resolve('status', text);
    if (word === null) return this.#firstOf('NEW');
    const status = this.#findStatus(word);
    if (!status) {
      throw this.#refuse('status', word, this.#likelyStatus(word));
    }
    this.#note('status', from, nameOf(status), Object.values(status.name));
    return status;
  }

  priority(text: string | null): Priority {
    const { word, from } = this.#resolve('priority', text);
    if (word === null) return Priority.NORMAL;
    const priority = this.#findPriority(word);
    if (!priority) {
      const likely = likelyPriorities.find(([pattern]) => pattern.test(nameKey(word)))?.[1];
      throw this.#refuse('priority', word, likely ?? null);
    }
    this.#note('priority', from, priority, Object.values(this.workspace.priorityNames[priority] ?? {}));
    return priority;
  }

  source(text: string | null): TicketSource {
    const { word, from } = this.#resolve('source', text);
    if (word === null) return TicketSource.IMPORT;
    const source = findSource(word) ?? TicketSource.IMPORT;
    this.#note('source', from, source, []);
    return source;
  }

  #resolve(field: ValueField, text: string | null): { word: string | null; from: string } {
    if (text === null) return { word: null, from: '' };
    const mapped = this.#mapped.get(`${field} ${nameKey(text)}`);
    return { word: mapped === undefined ? text : mapped, from: text };
  }

  #findStatus(word: string): Status | undefined {
    const { statuses } = this.workspace;
    const named = statuses.find(({ name }) => Object.values(name).some((one) => nameKey(one) === nameKey(word)));
    if (named) return named;
    const plain = nameKey(word.replace(/[_-]+/g, ' '));
    const category = Object.keys(StatusCategory).find((one) => nameKey(one.replace('_', ' ')) === plain) ?? statusWords[plain];
    return statuses.find((status) => status.category === category);
  }

  #findPriority(word: string): Priority | null {
    const own = priorities.find((one) =>
      Object.values(this.workspace.priorityNames[one] ?? {}).some((name) => nameKey(name) === nameKey(word)),
    );
    return own ?? parsePriority(word);
  }

  #likelyStatus(word: string): string | null {
    const key = nameKey(word);
    const category = likelyStatuses.find(([pattern]) => pattern.test(key))?.[1];
    if (!category) return null;
    const waitsForVendor = /third|vendor|supplier|постач/.test(key);
    const vendor = this.workspace.statuses.find(({ waitingOn }) => waitsForVendor && waitingOn === WaitingOn.VENDOR);
    return nameOf(vendor ?? this.#firstOf(category));
  }

  #firstOf(category: StatusCategory): Status {
    const status = this.workspace.statuses.find((one) => one.category === category);
    if (!status) throw new RowFault(`the workspace has no status of the category ${category}`);
    return status;
  }

  #note(field: ValueField, value: string, to: string, names: readonly string[]): void {
    if ([to, ...names].some((name) => nameKey(name) === nameKey(value))) return;
    this.#conversions.set(`${field} ${nameKey(value)}`, { field, value, to });
  }

  #refuse(field: ValueField, value: string, likely: string | null): RowFault {
    this.#unknown.set(`${field} ${nameKey(value)}`, { field, value, likely });
    return new RowFault(`the ${field} "${value}" is not known; ${this.#allowed(field)}, or map it in the mapping file`);
  }

  #requireTarget(field: string, to: string | null): void {
    if (!['status', 'priority', 'source'].includes(field))
      throw new ImportFault(`The mapping has values for "${field}". Values can be mapped for: status, priority, source.`);
    const isKnown =
      to === null || (field === 'status' ? this.#findStatus(to) : field === 'priority' ? this.#findPriority(to) : findSource(to));
    if (!isKnown) throw new ImportFault(`The mapping gives the ${field} "${to}", which is not known; ${this.#allowed(field)}.`);
  }

  #allowed(field: string): string {
    if (field === 'status') return `known are ${this.workspace.statuses.map(nameOf).join(', ')}`;
    return `known are ${field === 'priority' ? 'low, normal, medium, high, urgent, critical' : Object.values(TicketSource).join(', ')}`;
  }
}

function findSource(word: string): TicketSource | undefined {
  const plain = nameKey(word).replace(/[^a-z]/g, '');
  return sourceWords[plain] ?? Object.values(TicketSource).find((one) => nameKey(one) === plain);
}

function nameOf({ name }: Status): string {
  return name.en ?? Object.values(name)[0] ?? '';
}
