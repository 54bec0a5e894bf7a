import { priorities, type Priority } from '@baton/rules';
import type {
  SlaMetric,
  SlaPolicyFragment,
  SlaPolicySaveInput,
  SlaStepInput,
  SlaTargetUnit,
  TicketSource,
} from '#lib/graphql/generated/graphql.ts';

export const metrics: readonly SlaMetric[] = ['FIRST_RESPONSE', 'NEXT_RESPONSE', 'UPDATE', 'RESOLUTION', 'TIME_IN_STATUS'];

interface TargetField {
  /** Null = nothing is promised. */
  amount: number | null;
  unit: SlaTargetUnit;
}

/** A policy as a form has it: begun from a saved one, or from nothing. */
export class PolicyDraft {
  name = $state('');
  priorities = $state<Priority[]>([]);
  topicIds = $state<string[]>([]);
  teamIds = $state<string[]>([]);
  tagIds = $state<string[]>([]);
  sources = $state<TicketSource[]>([]);
  /** Separated by commas. */
  organizations = $state('');
  calendarId = $state('');
  targets: Record<SlaMetric, Record<Priority, TargetField>> = $state(noTargets());
  percent = $state(75);
  beforeMinutes = $state(15);
  steps = $state<SlaStepInput[]>([]);
  newCycle = $state(false);
  restartOnMessage = $state(false);
  message = $state('');
  /** The version that is edited. */
  version = $state<number | null>(null);
  readonly #id: string | null;

  constructor(begun: SlaPolicyFragment | null) {
    this.#id = begun?.id ?? null;
    if (!begun) return;
    const { conditions, targets, warning, steps, options } = begun;
    this.name = begun.name;
    this.priorities = [...(conditions.priorities ?? [])];
    this.topicIds = [...(conditions.topicIds ?? [])];
    this.teamIds = [...(conditions.teamIds ?? [])];
    this.tagIds = [...(conditions.tagIds ?? [])];
    this.sources = [...(conditions.sources ?? [])];
    this.organizations = (conditions.organizations ?? []).join(', ');
    this.calendarId = begun.calendarId ?? '';
    for (const { metric, priority, amount, unit } of targets) this.targets[metric][priority] = { amount, unit };
    this.percent = Math.round(warning.share * 100);
    this.beforeMinutes = warning.beforeMinutes;
    this.steps = steps.map((step) => ({ ...step }));
    this.newCycle = options.newCycle;
    this.restartOnMessage = options.restartOnMessage;
    this.version = begun.version;
  }

  input(): SlaPolicySaveInput {
    return {
      id: this.#id,
      version: this.version,
      name: this.name,
      conditions: {
        priorities: given(this.priorities),
        topicIds: given(this.topicIds),
        teamIds: given(this.teamIds),
        tagIds: given(this.tagIds),
        sources: given(this.sources),
        organizations: given(this.organizations.split(',').flatMap((name) => name.trim() || [])),
      },
      calendarId: this.calendarId || null,
      targets: metrics.flatMap((metric) =>
        priorities.flatMap((priority) => {
          const { amount, unit } = this.targets[metric][priority];
          return amount === null ? [] : [{ metric, priority, amount, unit }];
        }),
      ),
      warning: { share: this.percent / 100, beforeMinutes: this.beforeMinutes },
      steps: this.steps.map((step) => ({
        ...step,
        afterMinutes: step.on === 'WARNING' ? 0 : (step.afterMinutes ?? 0),
        value: step.action === 'RAISE_PRIORITY' ? null : step.value,
      })),
      options: { newCycle: this.newCycle, restartOnMessage: this.restartOnMessage },
      message: this.message,
    };
  }
}

/** No choice is no condition. */
function given<One>(chosen: readonly One[]): One[] | null {
  return chosen.length > 0 ? [...chosen] : null;
}

function noTargets(): Record<SlaMetric, Record<Priority, TargetField>> {
  const ofEach = <Key extends string, Value>(keys: readonly Key[], make: () => Value) =>
    Object.fromEntries(keys.map((key) => [key, make()])) as Record<Key, Value>;
  return ofEach(metrics, () => ofEach(priorities, () => ({ amount: null, unit: 'HOURS' as const })));
}
