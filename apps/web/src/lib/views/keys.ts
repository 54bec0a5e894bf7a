/** Single keys act only when nobody is typing and no dialog is open. */
export function whenNotTyping(act: (event: KeyboardEvent) => void): (event: KeyboardEvent) => void {
  return (event) => {
    const target = event.target as HTMLElement;
    const typing = target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
    const covered = document.querySelector('[role="dialog"][data-state="open"]') !== null;
    if (!typing && !covered && !event.ctrlKey && !event.metaKey && !event.altKey) act(event);
  };
}
