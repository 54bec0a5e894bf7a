import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OperationsInFlight } from './operations-in-flight.ts';

/**
 * Refuses requests of a caller whose queue is full anyway, before they are read: a burst of one caller must not keep the
 * event loop busy. They are counted by the credential that they present, because whose it is takes a query.
 */
export function refuseBursts(app: FastifyInstance, inFlight: OperationsInFlight): void {
  const inProgress = new Map<string, number>();
  app.addHook('onRequest', (request, reply, done) => {
    const key = credentialOf(request);
    const count = inProgress.get(key) ?? 0;
    if (count >= inFlight.maxOfCaller) return done(inFlight.refuseBurst());
    inProgress.set(key, count + 1);
    reply.raw.once('close', () => {
      const left = (inProgress.get(key) ?? 1) - 1;
      if (left > 0) inProgress.set(key, left);
      else inProgress.delete(key);
    });
    done();
  });
}

function credentialOf({ headers: { authorization, cookie }, ip }: FastifyRequest): string {
  return authorization ?? cookie ?? ip;
}
