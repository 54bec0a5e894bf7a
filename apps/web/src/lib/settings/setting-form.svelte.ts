import type { Client } from '@urql/core';
import {
  SettingRestoreDocument,
  SettingVersionsDocument,
  type SettingKind,
  type SettingVersionFragment,
  type SettingVersionsQuery,
  type SettingVersionsQueryVariables,
} from '#lib/graphql/generated/graphql.ts';
import { t } from '#lib/i18n/index.ts';
import { offerUndo } from '#lib/ui/toast.ts';
import { saveSetting, type Faults, type SaveAnswer } from './save-setting.ts';
import { differing, type SettingDifference, type SettingLine } from './setting-line.ts';

export interface Opened {
  readonly id: string;
  readonly version: number;
}

/** Whether the newest version is the one that was made here. */
type IsOwn = (newest: SettingVersionFragment) => boolean;

interface SettingFormParts<Thing, Draft, Wanted> {
  readonly client: Client;
  readonly kind: SettingKind;
  readonly blank: () => Draft;
  readonly draftOf: (thing: Thing) => Draft;
  /** What is saved of a draft. */
  readonly wanted: (draft: Draft) => Wanted;
  /** Null where it is new. */
  readonly save: (wanted: Wanted, opened: Opened | null) => Promise<SaveAnswer>;
  /** In words, what is saved, or what an earlier version had. */
  readonly lines: (state: Wanted) => SettingLine[];
  readonly saved?: () => void;
  /** It stands in its page, which says itself that it was saved. */
  readonly staysOpen?: boolean;
}

/**
 * A form for a setting: opened, filled in, saved from the version that was opened. Where somebody else saved meanwhile,
 * what was typed stays, beside what stands now, and may be saved as the version after that.
 */
export class SettingForm<Thing extends Opened, Draft extends object, Wanted extends object> {
  draft: Draft = $state()!;
  faults = $state.raw<Faults>({});
  /** Whether the last thing that happened is that it was saved. */
  saved = $state(false);
  #editing = $state.raw<Thing | 'new' | null>(null);
  #theirs = $state.raw<SettingVersionFragment | null>(null);
  readonly #parts: SettingFormParts<Thing, Draft, Wanted>;

  constructor(parts: SettingFormParts<Thing, Draft, Wanted>) {
    this.#parts = parts;
    this.draft = parts.blank();
  }

  get kind(): SettingKind {
    return this.#parts.kind;
  }

  /** Null where it is closed. */
  get editing(): Thing | 'new' | null {
    return this.#editing;
  }

  get opened(): Thing | null {
    return this.#editing === 'new' ? null : this.#editing;
  }

  /** What somebody else saved while this was edited. */
  get theirs(): SettingVersionFragment | null {
    return this.#theirs;
  }

  get differences(): SettingDifference[] {
    if (!this.#theirs) return [];
    const { lines, wanted } = this.#parts;
    return differing(lines(JSON.parse(this.#theirs.state) as Wanted), lines(wanted($state.snapshot(this.draft) as Draft)));
  }

  open(thing: Thing | 'new'): void {
    this.#editing = thing;
    this.#theirs = null;
    this.faults = {};
    this.saved = false;
    this.draft = thing === 'new' ? this.#parts.blank() : this.#parts.draftOf(thing);
  }

  /** Goes on from what was saved, in a form that stays open. */
  openSaved(thing: Thing): void {
    this.open(thing);
    this.saved = true;
  }

  close(): void {
    this.#editing = null;
  }

  async save(): Promise<void> {
    const { wanted, save } = this.#parts;
    const { opened } = this;
    const base = opened && { id: opened.id, version: this.#theirs?.version ?? opened.version };
    const { faults, conflict } = await save(wanted($state.snapshot(this.draft) as Draft), base);
    if (conflict) return this.#showTheirs();
    this.faults = faults;
    if (Object.keys(faults).length > 0) return;
    this.close();
    this.#parts.saved?.();
    if (base && !this.#parts.staysOpen)
      await this.#offerUndo(t('settings.saved'), base.id, (newest) => newest.version === base.version + 1);
  }

  /** Something that is done with the whole list, such as putting it in another order. */
  async act(work: Promise<SaveAnswer>): Promise<boolean> {
    const { faults } = await work;
    this.faults = faults;
    this.#parts.saved?.();
    return Object.keys(faults).length === 0;
  }

  async delete(settingId: string, work: Promise<SaveAnswer>): Promise<void> {
    if (await this.act(work)) await this.#offerUndo(t('settings.deletedOne'), settingId, (newest) => newest.deleted);
  }

  async #showTheirs(): Promise<void> {
    const [newest] = await this.#newest(this.opened?.id ?? null, 1);
    this.#theirs = newest ?? null;
    this.faults = this.#theirs ? {} : { '': t('state.noConnection') };
  }

  #offerUndo(text: string, settingId: string, isOwn: IsOwn): Promise<void> {
    return offerUndo(text, t('undo.undo'), () => this.#undo(settingId, isOwn));
  }

  /** Back to the version before, or to what was deleted; never over what a colleague saved since. */
  async #undo(settingId: string, isOwn: IsOwn): Promise<void> {
    const { client, saved } = this.#parts;
    const [newest, before] = await this.#newest(settingId, 2);
    const wanted = newest?.deleted ? newest : before;
    if (!newest || !wanted) return void (this.faults = { '': t('state.noConnection') });
    if (!isOwn(newest)) return void (this.faults = { '': t('settings.conflict') });
    this.faults = (await saveSetting(client, SettingRestoreDocument, { id: wanted.id, newest: newest.newest })).faults;
    saved?.();
  }

  async #newest(settingId: string | null, first: number): Promise<SettingVersionFragment[]> {
    const { data } = await this.#parts.client
      .query<SettingVersionsQuery, SettingVersionsQueryVariables>(
        SettingVersionsDocument,
        { kind: this.kind, settingId, first },
        { requestPolicy: 'network-only' },
      )
      .toPromise();
    return data?.settingVersions.edges.map(({ node }) => node) ?? [];
  }
}
