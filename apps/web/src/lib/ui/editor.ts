import { Editor } from '@tiptap/core';
import Placeholder from '@tiptap/extension-placeholder';
import type { SuggestionKeyDownProps, SuggestionProps } from '@tiptap/suggestion';
import { editorNodes } from './editor-nodes.ts';

export interface Mentionable {
  readonly id: string;
  readonly name: string;
}

/** What the list of people shows while somebody types @. */
export interface MentionList {
  readonly people: readonly Mentionable[];
  readonly selected: number;
  readonly choose: (person: Mentionable) => void;
}

export interface EditorOptions {
  readonly element: HTMLElement;
  readonly content: string;
  readonly label: string;
  readonly placeholder: string;
  readonly mentionable: () => readonly Mentionable[];
  readonly onChange: (html: string) => void;
  readonly onMentionList: (list: MentionList | null) => void;
  readonly onSubmit: () => void;
}

/** Loaded when somebody begins to write: the editor is larger than the rest of the page. */
export function createEditor(options: EditorOptions): Editor {
  return new Editor({
    element: options.element,
    content: options.content,
    injectCSS: false,
    editorProps: {
      attributes: { class: 'rich-text editing min-h-16 px-3 py-2', role: 'textbox', 'aria-multiline': 'true', 'aria-label': options.label },
      handleKeyDown(_view, event) {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return false;
        options.onSubmit();
        return true;
      },
    },
    extensions: [
      ...editorNodes({
        items: ({ query }) => matching(options.mentionable(), query),
        render: () => mentionRenderer(options.onMentionList),
      }),
      Placeholder.configure({ placeholder: options.placeholder }),
    ],
    onUpdate: ({ editor }) => options.onChange(editor.isEmpty ? '' : editor.getHTML()),
  });
}

function matching(people: readonly Mentionable[], query: string): Mentionable[] {
  const wanted = query.toLowerCase();
  return people.filter((person) => person.name.toLowerCase().includes(wanted)).slice(0, 6);
}

function mentionRenderer(show: (list: MentionList | null) => void) {
  let props: SuggestionProps<Mentionable, { id: string; label: string }>;
  let selected = 0;
  const choose = (person: Mentionable) => props.command({ id: person.id, label: person.name });
  const display = () => show({ people: props.items, selected, choose });
  return {
    onStart(next: typeof props) {
      props = next;
      selected = 0;
      display();
    },
    onUpdate(next: typeof props) {
      props = next;
      selected = Math.min(selected, Math.max(0, props.items.length - 1));
      display();
    },
    onKeyDown({ event }: SuggestionKeyDownProps) {
      const { length } = props.items;
      if (event.key === 'Escape') show(null);
      else if (event.key === 'ArrowDown') selected = (selected + 1) % Math.max(1, length);
      else if (event.key === 'ArrowUp') selected = (selected + length - 1) % Math.max(1, length);
      else if (event.key === 'Enter' || event.key === 'Tab') {
        const person = props.items[selected];
        if (!person) return false;
        choose(person);
        return true;
      } else return false;
      if (event.key !== 'Escape') display();
      return true;
    },
    onExit: () => show(null),
  };
}
