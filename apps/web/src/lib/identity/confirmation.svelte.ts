/** What a server's refusal says that asks for the password once more. */
const code = 'CONFIRMATION_NEEDED';

/** Does what opens much; when the server first wants to know that it is really them, asks, and then does it again. */
export class Confirmation {
  /** Whether the person is being asked. */
  asking = $state(false);
  #again: () => void = () => undefined;

  /** Whether these refusals ask for it; `again` is then called once it is confirmed. */
  wanted(refusals: readonly { readonly code?: string }[], again: () => void): boolean {
    if (!refusals.some((refusal) => refusal.code === code)) return false;
    this.#again = again;
    this.asking = true;
    return true;
  }

  confirmed(): void {
    this.asking = false;
    this.#again();
  }

  dismiss(): void {
    this.asking = false;
  }
}
