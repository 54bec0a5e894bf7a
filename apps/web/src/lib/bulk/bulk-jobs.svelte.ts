const storageKey = 'baton.bulk';

/** The jobs whose progress is shown, through a reload of the page too. */
class BulkJobs {
  ids = $state.raw<readonly string[]>(JSON.parse(sessionStorage.getItem(storageKey) ?? '[]') as string[]);

  show(id: string): void {
    this.#keep([...this.ids.filter((one) => one !== id), id]);
  }

  hide(id: string): void {
    this.#keep(this.ids.filter((one) => one !== id));
  }

  #keep(ids: readonly string[]): void {
    this.ids = ids;
    sessionStorage.setItem(storageKey, JSON.stringify(ids));
  }
}

export const bulkJobs = new BulkJobs();
