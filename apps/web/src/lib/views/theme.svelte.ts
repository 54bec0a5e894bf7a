export const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const storageKey = 'baton.theme';
const darkSystem = () => matchMedia('(prefers-color-scheme: dark)');

/** The light the page is shown in, remembered in this browser. */
class ThemeChoice {
  chosen = $state<Theme>('system');

  begin(): void {
    const remembered = localStorage.getItem(storageKey);
    this.chosen = themes.find((theme) => theme === remembered) ?? 'system';
    darkSystem().addEventListener('change', () => this.#show());
    this.#show();
  }

  use(theme: Theme): void {
    this.chosen = theme;
    localStorage.setItem(storageKey, theme);
    this.#show();
  }

  #show(): void {
    const dark = this.chosen === 'dark' || (this.chosen === 'system' && darkSystem().matches);
    document.documentElement.classList.toggle('dark', dark);
  }
}

export const theme = new ThemeChoice();
