// The greedy callers of the overload benchmark, in a process of their own. They ask again as soon as they are answered.
import { Agent, request } from 'node:http';
import WebSocket from 'ws';

export interface GreedyPlan {
  readonly port: number;
  readonly memberToken: string;
  readonly guestToken: string;
  readonly hotTicketId: string;
  readonly bulkTicketIds: readonly string[];
}

export interface GreedyCounts {
  readonly refused: number;
  readonly answered: number;
  /** Answers with INTERNAL_SERVER_ERROR, by the greedy callers: a fault of the server whoever asks. */
  readonly internalErrors: number;
}

const notesAtOnce = 600;
const bulkJobs = 20;
const socketCount = 300;
/** A client that is refused is not answered faster by asking without any pause. */
const pauseMs = 50;

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
let refused = 0;
let answered = 0;
let internalErrors = 0;
let isStopped = false;

function ask(port: number, body: object, token?: string): Promise<void> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const asked = request({ port, host: '127.0.0.1', path: '/graphql', method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += String(chunk)));
      response.on('end', () => {
        answered += 1;
        if (text.includes('INTERNAL_SERVER_ERROR')) internalErrors += 1;
        else if (text.includes('"errors"') || /"userErrors":\[\{/.test(text)) refused += 1;
        resolve();
      });
    });
    asked.on('error', () => {
      refused += 1;
      resolve();
    });
    asked.end(JSON.stringify(body));
  });
}

async function again(work: () => Promise<unknown>): Promise<void> {
  while (!isStopped) {
    await work();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

const atOnce = (count: number, work: (index: number) => Promise<unknown>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const note = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } userErrors { ... on UserError { code } } } }`;
const bulk = `mutation ($input: BulkStartInput!) { bulkStart(input: $input) { job { id } userErrors { ... on UserError { code } } } }`;
const signIn = `mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { ... on UserError { code } } } }`;
const report = (by: string) =>
  `slaReport(from: "2025-06-01T00:00:00Z", to: "2027-01-01T00:00:00Z", by: ${by}) { metric key met breached medianMs }`;
const reports = (count: number) => `{ ${Array.from({ length: count }, (_, index) => `r${index}: ${report('OPERATOR')}`).join(' ')} }`;
const wide = (aliases: number) =>
  `query ($n: Int!) { ${Array.from({ length: aliases }, (_, index) => `a${index}: tickets(first: $n) { edges { node { id subject watchers { id } activity(last: $n) { edges { node { id type } } } } } }`).join(' ')} }`;

function startMember({ port, memberToken, hotTicketId, bulkTicketIds }: GreedyPlan): void {
  const asMember = (body: object) => ask(port, body, memberToken);
  void again(() =>
    atOnce(notesAtOnce, (index) => asMember({ query: note, variables: { input: { ticketId: hotTicketId, body: `Note ${index}` } } })),
  );
  void again(() => atOnce(6, () => asMember({ query: reports(14) })));
  void again(() => asMember({ query: reports(5) }));
  void again(() => atOnce(4, () => asMember({ query: wide(12), variables: { n: 100 } })));
  void again(() => asMember({ query: wide(1), variables: { n: 70 } }));
  void atOnce(bulkJobs, () =>
    asMember({ query: bulk, variables: { input: { ticketIds: bulkTicketIds, action: { addTags: ['swept'] } } } }),
  );
}

function startGuest({ port, guestToken, bulkTicketIds }: GreedyPlan): void {
  const asGuest = (body: object) => ask(port, body, guestToken);
  void again(() => atOnce(10, () => asGuest({ query: wide(12), variables: { n: 100 } })));
  void again(() => asGuest({ query: wide(2), variables: { n: 40 } }));
  void again(() =>
    atOnce(5, () => asGuest({ query: bulk, variables: { input: { ticketIds: bulkTicketIds, action: { priority: 'LOW' } } } })),
  );
}

function startAnonymous({ port }: GreedyPlan): void {
  for (let index = 0; index < socketCount; index++) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('error', () => (refused += 1));
  }
  void again(() =>
    atOnce(5, (index) =>
      ask(port, { query: signIn, variables: { input: { email: `agent${index}@bench.test`, password: 'wrong password' } } }),
    ),
  );
  void again(() => atOnce(10, () => ask(port, { query: `{ ${'ticket(id: "x") { id '.repeat(200)} ${'}'.repeat(200)} }` })));
  void again(() => atOnce(10, () => ask(port, { query: `{ viewer { ${'email '.repeat(1500)} } }` })));
}

process.on('message', (message: GreedyPlan | 'stop') => {
  if (message === 'stop') {
    isStopped = true;
    const counts: GreedyCounts = { refused, answered, internalErrors };
    process.send?.(counts, () => process.exit(0));
    return;
  }
  startMember(message);
  startGuest(message);
  startAnonymous(message);
});
