import { mount } from 'svelte';
import { toast, Toaster } from 'svelte-sonner';

const shownMs = 8000;
let mounted = false;

export function showToast(text: string, action: { label: string; onClick: () => unknown }): void {
  if (!mounted) {
    mount(Toaster, { target: document.body, props: { position: 'bottom-center', theme: 'system', visibleToasts: 3, expand: true } });
    mounted = true;
  }
  toast(text, {
    duration: shownMs,
    action: { label: action.label, onClick: () => void action.onClick() },
    classes: { toast: 'baton-toast' },
  });
}
