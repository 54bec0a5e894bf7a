/** Which tickets a figure of the board counts. Null = those that have none, as no team. */
export interface BoardList {
  readonly only?: readonly ('open' | 'late' | 'soon')[];
  readonly status?: string | null;
  readonly priority?: string | null;
  readonly team?: string | null;
  readonly topic?: string | null;
  readonly assignee?: string | null;
  /** From this instant on. */
  readonly created?: string;
  readonly resolved?: string;
}
