/** What every subscriber of the benchmark asks: a row of the queue, as the agent UI asks for it. */
export const rowFields = `id number version subject priority dueAt updatedAt
  status { id } requester { id name } assignee { id name } tags { id name }`;

export const followQueue = `subscription Queue($filter: TicketFilterInput!, $after: String) {
  ticketsChanged(filter: $filter, after: $after) { kind ticketId position ticket { ${rowFields} } } }`;

/** The same shape as a plain server would have it. */
export const plainSchema = `
  type Query { hello: String }
  type Subscription { ticketsChanged(filter: TicketFilterInput!, after: String): Change! }
  input TicketFilterInput { teamIds: [ID!] }
  type Change { kind: String! ticketId: ID position: String! ticket: Ticket }
  type Ticket { id: ID! number: Int! version: Int! subject: String! priority: String! dueAt: String updatedAt: String!
    status: Status! requester: Person assignee: Person tags: [Tag!]! }
  type Status { id: ID! } type Person { id: ID! name: String! } type Tag { id: ID! name: String! }`;

/** What a parent process says to a server or to the clients, and what it hears. */
export type Message =
  | { readonly kind: 'publish'; readonly result: { data: { ticketsChanged: object } } }
  | { readonly kind: 'usage' }
  | {
      readonly kind: 'usageIs';
      readonly cpuMs: number;
      readonly rssKiB: number;
      readonly longestBlockMs: number;
      readonly blockP99Ms: number;
    }
  | { readonly kind: 'ready'; readonly port: number }
  | {
      readonly kind: 'open';
      readonly port: number;
      readonly clients: readonly ClientPlan[];
      readonly timed: boolean;
      readonly beside: boolean;
    }
  | { readonly kind: 'opened' }
  /** All sockets are cut, and opened again at once when it is said again: they go on after the last position they saw. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'comeBack' }
  | { readonly kind: 'received'; readonly frames: number }
  | { readonly kind: 'times'; readonly last: Readonly<Record<string, number>> };

export interface ClientPlan {
  readonly token: string;
  readonly filter: object;
}
