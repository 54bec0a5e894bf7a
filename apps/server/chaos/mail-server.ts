import { once } from 'node:events';
import { freePort } from '@baton/launcher/postgres';
import { SMTPServer } from 'smtp-server';
import { Proxy } from './proxy.ts';

/** Receives the emails of all nodes. Silent while its way is held: it accepts connections and says nothing. */
export class MailServer {
  /** Ids of the rows that the received emails were sent from. */
  readonly received = new Set<string>();
  readonly #server: SMTPServer;

  private constructor(
    server: SMTPServer,
    readonly way: Proxy,
  ) {
    this.#server = server;
  }

  static async open(seed: number): Promise<MailServer> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, done) {
        let text = '';
        stream.on('data', (chunk: Buffer) => (text += String(chunk)));
        stream.on('end', () => {
          const [, id] = /^message-id: <(.+)@baton>/im.exec(text) ?? [];
          if (id) mail.received.add(id);
          done();
        });
      },
    });
    // A node that is killed or cut off breaks its connections.
    server.on('error', () => undefined);
    const port = await freePort();
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    const mail = new MailServer(server, await Proxy.to(port, await freePort(), seed));
    return mail;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.way.port}`;
  }

  async close(): Promise<void> {
    this.way.close();
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }
}
