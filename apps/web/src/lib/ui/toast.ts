/** A line that goes away by itself, with something to press meanwhile. What shows it is loaded when it is first wanted. */
export async function offerUndo(text: string, undoLabel: string, undo: () => unknown): Promise<void> {
  const { showToast } = await import('./toaster.ts');
  showToast(text, { label: undoLabel, onClick: undo });
}
