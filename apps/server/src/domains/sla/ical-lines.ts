/** One property of an iCalendar file, such as `DTSTART;VALUE=DATE:20261225`. */
export interface IcalProperty {
  /** Where it begins in the file, the first line being 1. */
  readonly line: number;
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
}

/** An event and what could not be read in it. */
export interface IcalEvent {
  readonly line: number;
  readonly properties: readonly IcalProperty[];
  readonly unreadable: readonly { readonly line: number; readonly text: string }[];
  /** Whether the file continues after it, as far as its END:VEVENT. */
  readonly isWhole: boolean;
}

/** The events of all calendars in a file, whatever else is in it; null for a text that holds no calendar. */
export function readEvents(text: string): IcalEvent[] | null {
  const events: IcalEvent[] = [];
  let isCalendar = false;
  let event: { line: number; properties: IcalProperty[]; unreadable: { line: number; text: string }[] } | null = null;
  let depth = 0;
  for (const { line, text: content } of unfolded(text)) {
    const [, edge, component] = /^(BEGIN|END):\s*([A-Z0-9-]+)\s*$/i.exec(content) ?? [];
    const name = component?.toUpperCase();
    if (edge?.toUpperCase() === 'BEGIN') {
      if (name === 'VCALENDAR') isCalendar = true;
      if (event) depth += 1;
      else if (name === 'VEVENT') event = { line, properties: [], unreadable: [] };
    } else if (edge && event) {
      if (depth > 0) depth -= 1;
      else {
        events.push({ ...event, isWhole: name === 'VEVENT' });
        event = null;
      }
    } else if (!edge && event && depth === 0) {
      const property = readProperty(line, content);
      if (property) event.properties.push(property);
      else event.unreadable.push({ line, text: content });
    }
  }
  if (event) events.push({ ...event, isWhole: false });
  return isCalendar ? events : null;
}

/** A line that begins with a space or a tab continues the one before it. */
function unfolded(text: string): { line: number; text: string }[] {
  const lines: { line: number; parts: string[] }[] = [];
  for (const [index, part] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const last = lines.at(-1);
    if (last && /^[ \t]/.test(part)) last.parts.push(part.slice(1));
    else if (part.trim() !== '') lines.push({ line: index + 1, parts: [part] });
  }
  return lines.map(({ line, parts }) => ({ line, text: parts.join('') }));
}

function readProperty(line: number, content: string): IcalProperty | null {
  const [head] = /^[A-Za-z0-9-]+/.exec(content) ?? [];
  if (head === undefined) return null;
  const parameters = new Map<string, string>();
  let at = head.length;
  while (content[at] === ';') {
    const parameter = /;([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)/y;
    parameter.lastIndex = at;
    const [whole, name = '', value = ''] = parameter.exec(content) ?? [];
    if (whole === undefined) return null;
    parameters.set(name.toUpperCase(), value.replaceAll('"', ''));
    at += whole.length;
  }
  return content[at] === ':' ? { line, name: head.toUpperCase(), parameters, value: content.slice(at + 1).trim() } : null;
}
