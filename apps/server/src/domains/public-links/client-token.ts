import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import { nobody, type Viewer } from '../../kernel/viewer.ts';
import { hashSecret } from '../../platform/keys.ts';

export const tokenPrefix = 'ticket_';

interface OpenLink {
  readonly token_hash: string;
  readonly workspace_id: string;
  readonly ticket_id: string;
}

/** Whom a link's token stands for at this moment: a client with one ticket and no other right. Null for nobody. */
export async function authenticateClient(em: EntityManager, clock: Clock, token: string): Promise<Viewer | null> {
  const [link] = await openLinks(em, clock, [hashSecret(token)]);
  if (!link) return null;
  return {
    kind: 'CLIENT',
    workspaceId: link.workspace_id,
    memberId: nobody,
    permissions: new Set(),
    allTeams: false,
    teamIds: new Set(),
    ticketId: link.ticket_id,
    credential: { kind: 'LINK', id: link.token_hash },
  };
}

/** The rights behind many tokens in one round trip; those that open nothing are left out. */
export async function clientRightsBehind(em: EntityManager, clock: Clock, tokens: readonly string[]): Promise<Map<string, string>> {
  if (tokens.length === 0) return new Map();
  const byHash = new Map(tokens.map((token) => [hashSecret(token), token]));
  const links = await openLinks(em, clock, [...byHash.keys()]);
  return new Map(links.map(({ token_hash, ticket_id }) => [byHash.get(token_hash) ?? '', ticket_id]));
}

function openLinks(em: EntityManager, clock: Clock, hashes: readonly string[]): Promise<OpenLink[]> {
  return em.execute<OpenLink[]>(
    `select l.token_hash, l.workspace_id, l.ticket_id from client_link l
     join client_ticket t on t.workspace_id = l.workspace_id and t.ticket_id = l.ticket_id
     where l.token_hash = any(?::text[]) and (t.readable_until is null or t.readable_until > ?)`,
    [`{${hashes.join(',')}}`, clock()],
  );
}
