interface Job {
  readonly workspace_id: string;
  readonly member_id: string;
  readonly id: string;
}

const levels = [({ workspace_id: id }: Job) => id, ({ member_id: id }: Job) => id, ({ id }: Job) => id];

/** Chooses whose turn it is: the workspace that has waited longest, its member, and their job. */
export class Turns {
  #turn = 0;
  /** The last turn of each workspace, member and job that is running. */
  #last = new Map<string, number>();

  take(running: readonly Job[]): Job | null {
    let candidates = running;
    for (const idOf of levels) {
      const longest = candidates.toSorted((a, b) => this.#lastOf(idOf(a)) - this.#lastOf(idOf(b)))[0];
      if (!longest) return null;
      candidates = candidates.filter((job) => idOf(job) === idOf(longest));
    }
    const [chosen] = candidates;
    if (!chosen) return null;
    const ids = new Set(running.flatMap((job) => levels.map((idOf) => idOf(job))));
    this.#last = new Map([...this.#last].filter(([id]) => ids.has(id)));
    this.#turn += 1;
    for (const idOf of levels) this.#last.set(idOf(chosen), this.#turn);
    return chosen;
  }

  #lastOf(id: string): number {
    return this.#last.get(id) ?? 0;
  }
}
