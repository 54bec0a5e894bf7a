import { getContext, setContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { tinykeys } from 'tinykeys';
import { isTextField, KeystrokeQueue } from '#lib/ui/keystroke-queue.ts';

/** Everything that can be done by a key, and the key that does it unless a person chose another. */
const defaultKeys = {
  palette: '$mod+k',
  create: 'c',
  filter: '/',
  'list.down': 'j',
  'list.up': 'k',
  'list.open': 'Enter',
  'list.select': 'x',
  reply: 'r',
  note: 'n',
  take: 't',
  watch: 'w',
  merge: 'm',
  close: 'Escape',
  help: 'Shift+?',
} as const;
export type ActionName = keyof typeof defaultKeys;
export const actionNames = Object.keys(defaultKeys) as ActionName[];

type Act = (event?: KeyboardEvent) => void;

/** Open a text field: what is typed next belongs to it, however long it takes to appear. */
const opensField: ReadonlySet<ActionName> = new Set(['palette', 'create', 'filter', 'reply', 'note', 'merge']);

const storageKey = 'baton.keys';
const key = Symbol('actions');

/** A key as it is written on keyboards, such as `Ctrl K`. */
export function keyLabel(binding: string): string {
  const mod = /Mac|iP/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
  const parts = binding.split('+').map((part) => (part === '$mod' ? mod : part.length === 1 ? part.toUpperCase() : part));
  // What a key gives with Shift says so by itself.
  return (parts[0] === 'Shift' && /^[^\p{L}\d]$/u.test(parts[1] ?? '') ? parts.slice(1) : parts).join(' ').replace('Escape', 'Esc');
}

/** The keys that somebody pressed, as a binding; null while only Shift and its like are down. */
export function bindingOf(event: KeyboardEvent): string | null {
  if (['Shift', 'Control', 'Alt', 'Meta', 'Tab', 'Dead'].includes(event.key)) return null;
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  const key = letter && !/^[a-z]$/i.test(event.key) ? letter : event.key;
  const held = [event.ctrlKey || event.metaKey ? '$mod' : '', event.altKey ? 'Alt' : '', event.shiftKey ? 'Shift' : ''];
  return [...held.filter(Boolean), key.length === 1 ? key.toLowerCase() : key].join('+');
}

/**
 * What can be done on the page as it is, by key and from the palette. Whoever can do something offers it while they are
 * shown; one place hears the keyboard. Keys of one's own are remembered in this browser, as keyboards differ.
 */
export class Actions {
  readonly #offered = new SvelteMap<ActionName, Act>();
  readonly #keystrokes = new KeystrokeQueue();
  #own = $state.raw<Partial<Record<ActionName, string>>>(readOwn());
  readonly keys = $derived<Record<ActionName, string>>({ ...defaultKeys, ...this.#own });

  /** Listens until the answer is called. Make it an effect: it listens anew when keys change. */
  listen(): () => void {
    const bindings: Record<string, Act> = {};
    for (const name of actionNames) {
      const act: Act = (event) => event && this.#pressed(name, event);
      const binding = this.keys[name];
      bindings[binding] = act;
      // On some keyboards a sign such as ? or / takes Shift, on others it does not.
      const sign = /^(?:Shift\+)?([^\p{L}\d\s])$/u.exec(binding)?.[1];
      if (sign) Object.assign(bindings, { [sign]: act, [`Shift+${sign}`]: act });
      // Whoever writes Ukrainian presses the same keys.
      const [, held = '', letter] = /^(.*\+)?([a-z])$/.exec(binding) ?? [];
      if (letter) bindings[`${held}Key${letter.toUpperCase()}`] = (event) => event && !/^[a-z]$/i.test(event.key) && act(event);
    }
    return tinykeys(window, bindings);
  }

  /** Offers actions until the answer is called. */
  offer(acts: Partial<Record<ActionName, Act>>): () => void {
    const entries = Object.entries(acts) as [ActionName, Act][];
    for (const [name, act] of entries) this.#offered.set(name, act);
    return () => {
      for (const [name, act] of entries) if (this.#offered.get(name) === act) this.#offered.delete(name);
    };
  }

  get offered(): ActionName[] {
    return actionNames.filter((name) => this.#offered.has(name));
  }

  run(name: ActionName, event?: KeyboardEvent): void {
    this.#offered.get(name)?.(event);
    if (opensField.has(name) && this.#offered.has(name)) this.#keystrokes.expectField();
  }

  /** Whoever already has the key gives it up for the one that the other had. */
  choose(name: ActionName, binding: string): void {
    const other = actionNames.find((one) => one !== name && this.keys[one] === binding);
    this.#remember({ ...this.#own, ...(other ? { [other]: this.keys[name] } : {}), [name]: binding });
  }

  restore(): void {
    this.#remember({});
  }

  get areOwn(): boolean {
    return actionNames.some((name) => this.keys[name] !== defaultKeys[name]);
  }

  #remember(own: Partial<Record<ActionName, string>>): void {
    this.#own = own;
    localStorage.setItem(storageKey, JSON.stringify(own));
  }

  /** Single keys act only when nobody is typing; none acts under an open dialog. */
  #pressed(name: ActionName, event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const typing = isTextField(target);
    const covered = document.querySelector('[role="dialog"][data-state="open"]') !== null;
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    // What closes a dialog was meant for the dialog, which is gone by now.
    if (!this.#offered.has(name) || covered || event.defaultPrevented || (typing && !modified)) return;
    // Enter on a button or a link is theirs.
    if (event.key === 'Enter' && (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    this.run(name, event);
  }
}

function readOwn(): Partial<Record<ActionName, string>> {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Record<string, unknown>;
    return Object.fromEntries(Object.entries(kept).filter(([name, binding]) => name in defaultKeys && typeof binding === 'string'));
  } catch {
    // Whatever stands there is not ours: the usual keys do.
    return {};
  }
}

export function provideActions(actions: Actions): void {
  setContext(key, actions);
}

export function useActions(): Actions {
  return getContext<Actions>(key);
}
