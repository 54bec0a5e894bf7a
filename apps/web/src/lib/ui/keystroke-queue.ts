/** Gives up on a field that never opens, in milliseconds. */
const expiresMs = 5000;

/** Whether an element takes text. */
export function isTextField(element: Element | null): element is HTMLElement {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) return true;
  return element instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'file', 'color'].includes(element.type);
}

/**
 * Keeps what is typed between a command that opens a text field and the moment the field has focus, so that no
 * keystroke is lost and none runs a shortcut. Types it into the field then.
 */
export class KeystrokeQueue {
  #typed: string[] = [];
  #release: (() => void) | null = null;

  /** Starts to keep keystrokes, unless a text field already has focus. Escape ends it. */
  expectField(): void {
    if (this.#release || isTextField(document.activeElement)) return;
    this.#typed = [];
    const onKey = (event: KeyboardEvent) => this.#keep(event);
    const onFocus = (event: FocusEvent) => isTextField(event.target as Element) && this.#deliver(event.target as HTMLElement);
    const timer = setTimeout(() => this.#release?.(), expiresMs);
    addEventListener('keydown', onKey, { capture: true });
    addEventListener('focusin', onFocus);
    this.#release = () => {
      clearTimeout(timer);
      removeEventListener('keydown', onKey, { capture: true });
      removeEventListener('focusin', onFocus);
      this.#release = null;
    };
  }

  #keep(event: KeyboardEvent): void {
    if (isTextField(event.target as Element) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape') this.#release?.();
    else if (event.key === 'Backspace') this.#typed.pop();
    else if (event.key === 'Enter' || event.key.length === 1) this.#typed.push(event.key);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #deliver(field: HTMLElement): void {
    this.#release?.();
    for (const key of this.#typed.splice(0)) {
      if (key !== 'Enter') insertText(field, key);
      else if (field instanceof HTMLInputElement)
        field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      else insertText(field, '\n');
    }
  }
}

/** Types text at the caret as a user would: the field's own `input` events follow. */
function insertText(field: HTMLElement, text: string): void {
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
    const { selectionStart, selectionEnd, value } = field;
    // Fields such as email have no selection.
    field.setRangeText(text, selectionStart ?? value.length, selectionEnd ?? value.length, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText', data: text }));
  } else {
    // The one call that tells an editor of inserted text as if a keyboard had done it.
    document.execCommand('insertText', false, text);
  }
}
