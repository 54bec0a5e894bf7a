import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigFault, readConfig } from './config.ts';
import { MigrationFailed } from './desk.ts';
import { explainStartFault } from './start-fault.ts';

const DATABASE_URL = 'postgres://desk:secret@localhost:5432/baton';

it('fills in what is left out or left empty', () => {
  expect(readConfig({ DATABASE_URL, REDIS_URL: '' })).toMatchObject({
    port: 4000,
    redisUrl: null,
    publicUrl: 'http://127.0.0.1:4000',
    graphiql: false,
    introspection: false,
    demo: false,
    metricsToken: null,
  });
});

it('takes passwords of any characters beside the addresses', () => {
  const { databaseUrl, redisUrl } = readConfig({
    DATABASE_URL: 'postgres://baton@postgres:5432/baton',
    DATABASE_PASSWORD: 'p@ss/w:rd#1%',
    REDIS_URL: 'redis://redis:6379',
    REDIS_PASSWORD: '?&@',
  });

  expect(decodeURIComponent(new URL(databaseUrl).password)).toBe('p@ss/w:rd#1%');
  expect(new URL(databaseUrl).host).toBe('postgres:5432');
  expect(decodeURIComponent(new URL(redisUrl ?? '').password)).toBe('?&@');
});

it('gives the containers no setting that the server does not know, and no public password', () => {
  const compose = readFileSync(join(import.meta.dirname, '../../../docker-compose.yml'), 'utf8');
  const node = /x-node: &node([^]*?)\nservices:/.exec(compose)?.[1] ?? '';
  const given = [...node.matchAll(/^ {4}([A-Z_]+): /gm)].map(([, name]) => name);
  const known = readFileSync(join(import.meta.dirname, '../../../.env.example'), 'utf8');

  expect(given).toContain('SECRET');
  expect(given.filter((name) => !known.includes(`\n${name}=`))).toEqual([]);
  expect(node).toMatch(/DEMO: \$\{DEMO:-false\}/);
  expect(node).toMatch(/GRAPHIQL: \$\{GRAPHIQL:-false\}/);
});

it('refuses a retention that is too short or too long', () => {
  const read = () => readConfig({ DATABASE_URL, EMAIL_DAYS: '1', BULK_RESULT_DAYS: '29', NOTIFICATION_DAYS: '4000', FAILED_JOB_DAYS: 'x' });

  expect(read).toThrow(
    /NOTIFICATION_DAYS is "4000"; it must be 7 to 3650.*\n.*EMAIL_DAYS is "1"; it must be 7 to 3650.*\n.*BULK_RESULT_DAYS is "29"; it must be 30 to 3650.*\n.*FAILED_JOB_DAYS is "x"; it must be a number/,
  );
});

it('names every fault at once, and no password', () => {
  const read = () => readConfig({ DATABASE_URL: 'mysql://desk:secret@host/x', PORT: '99999', REDIS_URL: 'nonsense' });

  expect(read).toThrow(ConfigFault);
  expect(read).toThrow(
    /DATABASE_URL is "mysql:\/\/desk:…@host\/x".*\n.*REDIS_URL is "nonsense".*\n.*PORT is "99999"; it must be 1 to 65535/,
  );
  expect(read).not.toThrow(/secret/);
});

it.each([
  [{ code: 'EADDRINUSE' }, /Port 4000 is in use.*PORT=4001 npm start/],
  [{ message: 'x', cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' } }, /cannot be reached .*postgres:\/\/desk:…@localhost/],
  [{ code: '3D000' }, /does not exist. Create it/],
  [{ code: '28P01' }, /refuses the user or password/],
  [{ code: '53100' }, /disk is full/],
  [
    new MigrationFailed(new Error('relation "ticket" already exists\nat line 3')),
    /was undone.*relation "ticket" already exists\. Remove the cause/,
  ],
])('says what to do about %j', (fault, words) => {
  const message = explainStartFault(fault instanceof Error ? fault : Object.assign(new Error('fault'), fault), { DATABASE_URL });

  expect(message).toMatch(words);
  expect(message).not.toContain('secret');
});

it('takes single sign-on whole or not at all, and in the clear from this machine alone', () => {
  const read = (more: object) => () => readConfig({ DATABASE_URL, ...more });

  expect(read({ OIDC_ISSUER: 'https://login.test' })).toThrow(/OIDC_CLIENT_ID is not set; it is needed with OIDC_ISSUER/);
  expect(read({ OIDC_ISSUER: 'http://login.test', OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b' })).toThrow(/must be https/);
  expect(read({ OIDC_ISSUER: 'http://127.0.0.1:9000', OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b' })().singleSignOn).toEqual({
    issuer: 'http://127.0.0.1:9000',
    clientId: 'a',
    clientSecret: 'b',
    name: 'single sign-on',
  });
});
