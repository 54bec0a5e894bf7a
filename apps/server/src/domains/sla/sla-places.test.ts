import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Priority, StatusCategory } from '@baton/rules';
import { World } from '../../testing/world.ts';

const POLICY = `mutation ($input: SlaPolicySaveInput!) { slaPolicySave(input: $input) { policy { id } userErrors { ... on UserError { code message } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code message } } } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { code message } } } }`;
const TICKET = `query ($id: ID!) { ticket(id: $id) { dueAt slaClocks { metric state dueAt remainingMs breachedAt } activity(last: 100) { edges { node { type } } } } }`;
const LIST = `query ($filter: TicketFilterInput!) { tickets(first: 100, order: DUE, filter: $filter) { edges { node { id } } } }`;
const BOARD = `query ($since: DateTimeISO!) { board(since: $since) { late dueSoon worst { id } byPriority { key late } } }`;
const VIEW = `{ view(key: "overdue") { tickets(first: 100) { totalCount } } }`;

const minute = 60_000;
const start = Date.parse('2026-03-02T00:00:00Z');
const targets: Readonly<Record<Priority, number | null>> = { LOW: null, NORMAL: 480, HIGH: 120, CRITICAL: 30 };
const open: readonly StatusCategory[] = ['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING'];

/** The resolution of one ticket as the rules are written: it looks at each minute. All of it is counted around the clock. */
class Model {
  category: StatusCategory = 'NEW';
  /** When each minute that counted had passed. */
  readonly passed: number[] = [];
  breachedAt: number | null = null;
  #target: number | null;
  #isStopped = false;

  constructor(
    readonly id: string,
    public priority: Priority,
  ) {
    this.#target = targets[priority];
  }

  get #isRunning(): boolean {
    return this.category === 'NEW' || this.category === 'OPEN' || this.category === 'IN_PROGRESS';
  }

  pass(at: number): void {
    if (this.#isRunning) this.passed.push(at + 1);
    this.#recordBreach(at + 1);
  }

  move(category: StatusCategory, at: number): void {
    this.category = category;
    if (category === 'RESOLVED') this.#isStopped = true;
    // A reopened ticket is measured by the priority that it has now; spam leaves a stopped clock as it is.
    else if (category !== 'SPAM' && this.#isStopped) [this.#isStopped, this.#target] = [false, targets[this.priority]];
    this.#recordBreach(at);
  }

  setPriority(priority: Priority, at: number): void {
    this.priority = priority;
    if (!this.#isStopped) this.#target = targets[priority];
    this.#recordBreach(at);
  }

  /** Null without a target: then there is nothing to show. */
  get clock() {
    if (this.#target === null) return null;
    const isOver = this.passed.length >= this.#target && this.breachedAt !== null;
    const ended = this.#isStopped ? 'MET' : this.#isRunning ? 'RUNNING' : 'PAUSED';
    return {
      metric: 'RESOLUTION',
      state: this.category === 'SPAM' ? 'CANCELLED' : isOver ? 'BREACHED' : ended,
      remainingMs: (this.#target - this.passed.length) * minute,
      breachedAt: this.breachedAt,
    };
  }

  dueAt(now: number): number | null {
    if (!this.#isRunning || this.#target === null) return null;
    return this.passed[this.#target - 1] ?? now + this.#target - this.passed.length;
  }

  #recordBreach(at: number): void {
    if (this.#isRunning && this.#target !== null && this.passed.length >= this.#target) this.breachedAt ??= at;
  }
}

it('shows one due time and one state on the ticket, in lists, in their order and on the dashboard, after generated histories', async () => {
  const world = await World.open();
  try {
    const admin = await world.person('ADMIN');
    const topicId = await world.topic('Generated');
    const target = ([priority, amount]: [string, number | null]) =>
      amount === null ? [] : [{ metric: 'RESOLUTION', priority, amount, unit: 'MINUTES' }];
    const input = { name: 'Generated', conditions: { topicIds: [topicId] }, warning: { share: 0.5, beforeMinutes: 0 } };
    await admin.run(POLICY, { input: { ...input, targets: Object.entries(targets).flatMap(target) } });
    const set = (at: number) => (world.time.now = new Date(start + at * minute));
    const [steps = []] = fc.sample(
      fc.array(
        fc.record({
          minutes: fc.integer({ min: 1, max: 45 }),
          ticket: fc.nat({ max: 7 }),
          act: fc.oneof(
            fc.record({ priority: fc.constantFrom('NORMAL', 'HIGH', 'CRITICAL', 'LOW', 'NORMAL') }),
            fc.record({ category: fc.constantFrom('OPEN', 'IN_PROGRESS', 'OPEN', 'WAITING', 'RESOLVED', 'SPAM') }),
          ),
        }),
        { minLength: 120, maxLength: 120 },
      ),
      { numRuns: 1, seed: 11 },
    );
    let now = 0;
    set(now);
    const models: Model[] = [];
    for (let index = 0; index < 8; index++) models.push(new Model((await world.ticket({ topicId })).id, 'NORMAL'));
    for (const [index, { minutes, ticket, act }] of steps.entries()) {
      for (let passed = 0; passed < minutes; passed++) for (const model of models) model.pass(now + passed);
      now += minutes;
      set(now);
      const model = models[ticket] as Model;
      if ('category' in act) {
        const [from, to] = [world.status(model.category), world.status(act.category as StatusCategory)];
        if (from !== to) await admin.run(STATUS, { input: { ticketId: model.id, from, to } });
        model.move(act.category as StatusCategory, now);
      } else {
        await admin.run(EDIT, { input: { ticketId: model.id, priority: { from: model.priority, to: act.priority } } });
        model.setPriority(act.priority as Priority, now);
      }
      if (index % 4 === 0) await compare(models, now);
    }
    expect(models.filter(({ breachedAt }) => breachedAt !== null).length).toBeGreaterThan(3);

    async function compare(all: readonly Model[], at: number): Promise<void> {
      const instant = (minutes: number | null) => (minutes === null ? null : new Date(start + minutes * minute).toISOString());
      for (const model of all) {
        const { ticket } = await admin.run(TICKET, { id: model.id });
        const due = instant(model.dueAt(at));
        const expected = model.clock && { ...model.clock, dueAt: due, breachedAt: instant(model.breachedAt) };
        expect(ticket.slaClocks, `after ${at} minutes`).toEqual(expected ? [expected] : []);
        expect(ticket.dueAt).toBe(due);
        const breaches = ticket.activity.edges.filter(({ node }: { node: { type: string } }) => node.type === 'sla.breached');
        expect(breaches.length).toBeLessThanOrEqual(1);
      }
      const late = all.filter((model) => (model.dueAt(at) ?? Infinity) <= at);
      const soon = all.filter((model) => !late.includes(model) && (model.dueAt(at) ?? Infinity) <= at + 30);
      const byDue = all
        .filter((model) => open.includes(model.category) && model.dueAt(at) !== null)
        .sort((a, b) => (a.dueAt(at) ?? 0) - (b.dueAt(at) ?? 0) || a.id.localeCompare(b.id))
        .map(({ id }) => id);
      const ids = async (filter: object) =>
        (await admin.run(LIST, { filter: { categories: open, ...filter } })).tickets.edges.map(
          ({ node }: { node: { id: string } }) => node.id,
        );
      const { board } = await admin.run(BOARD, { since: instant(0) });
      expect((await ids({})).slice(0, byDue.length)).toEqual(byDue);
      expect((await ids({ dueWithinMinutes: 0 })).toSorted()).toEqual(late.map(({ id }) => id).toSorted());
      expect(board.worst.map(({ id }: { id: string }) => id)).toEqual(byDue);
      expect([board.late, board.dueSoon]).toEqual([late.length, soon.length]);
      for (const { key, late: count } of board.byPriority) expect(count).toBe(late.filter(({ priority }) => priority === key).length);
      expect((await admin.run(VIEW)).view.tickets.totalCount).toBe(late.length);
    }
  } finally {
    await world.close();
  }
});
