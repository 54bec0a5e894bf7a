import { getContext, setContext } from 'svelte';
import type { DirectoryQuery, ViewerQuery } from '#lib/graphql/generated/graphql.ts';

const key = Symbol('desk');

type DeskViewer = NonNullable<ViewerQuery['viewer']>;
type DeskMember = DirectoryQuery['members'][number];

/** Who is signed in, and what the workspace consists of: people, teams, statuses, topics, tags. */
export interface Desk {
  readonly viewer: DeskViewer;
  readonly directory: DirectoryQuery;
}

export function provideDesk(desk: () => Desk): void {
  setContext(key, desk);
}

export function useDesk(): () => Desk {
  return getContext<() => Desk>(key);
}

export function may({ viewer }: Desk, permission: string): boolean {
  return viewer.permissions.includes(permission);
}

/** Those who can be given work. */
export function operators({ directory }: Desk): DeskMember[] {
  return directory.members.filter(({ role }) => role !== 'LIGHT_AGENT' && role !== 'GUEST');
}
