import { describe, expect, it } from 'vitest';
import { OlderRows } from './older-history.svelte.ts';

const page = (...ids: string[]) => ({
  pageInfo: { hasPreviousPage: true, startCursor: ids[0] ?? null },
  edges: ids.map((id) => ({ node: { id } })),
});

describe('the rows before the newest page', () => {
  it('keeps what leaves the newest page while it moves on', () => {
    const older = new OlderRows();
    older.keep(page('3', '4', '5'));
    older.add(page('1', '2'));
    older.keep(page('5', '6', '7'));

    expect(older.rows.map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
    expect(older.oldest(page('5', '6', '7')).pageInfo.startCursor).toBe('1');
  });

  it('reads all anew where the newest page moved on so far that something may lie between', () => {
    const older = new OlderRows();
    older.keep(page('3', '4', '5'));
    older.add(page('1', '2'));
    older.keep(page('8', '9'));

    expect(older.rows).toEqual([]);
    expect(older.oldest(page('8', '9')).pageInfo.startCursor).toBe('8');
  });
});
