import { expect, it } from 'vitest';
import { createHttpServer } from './http-server.ts';
import { createLogger } from './logger.ts';

async function addressSeen(trustedProxies: readonly string[]): Promise<string> {
  const http = await createHttpServer({ pagesPath: null, publicUrl: 'http://desk.test', trustedProxies }, createLogger('silent'));
  http.get('/address', (request) => request.ip);
  await http.listen({ port: 0, host: '127.0.0.1' });
  const { port } = http.server.address() as { port: number };
  const answer = await fetch(`http://127.0.0.1:${port}/address`, { headers: { 'x-forwarded-for': '203.0.113.7' } });
  const address = await answer.text();
  await http.close();
  return address;
}

it('believes a proxy that was named about where a request came from, and nobody else', async () => {
  expect(await addressSeen([])).toBe('127.0.0.1');
  expect(await addressSeen(['10.0.0.0/8'])).toBe('127.0.0.1');
  expect(await addressSeen(['127.0.0.0/8'])).toBe('203.0.113.7');
});
