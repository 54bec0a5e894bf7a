import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { limits } from '@baton/rules';
import { readConfig } from './config.ts';
import { openDesk } from './desk.ts';
import { knownWords, requirePassword } from './domains/identity/index.ts';
import { createMember, createWorkspace } from './domains/onboarding/index.ts';
import { InvalidInput } from './kernel/domain-error.ts';
import { requireEmailAddress } from './kernel/email-address.ts';
import { requireLine } from './kernel/text.ts';
import { createLogger } from './platform/logger.ts';
import { explainStartFault } from './start-fault.ts';

const usage = `npm run workspace -- --name "Acme support" --slug acme --owner "Ada Byron" --email ada@acme.example

  Creates a workspace with statuses, views and an SLA policy, and its owner. The owner's password is read from
  OWNER_PASSWORD and follows the rules for all passwords; without it one is generated and shown once.`;

/** A mistake in how the command was called. */
class UsageFault extends Error {}

async function run(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { name: text, slug: text, owner: text, email: text, help: { type: 'boolean' } } });
  const { slug } = values;
  if (values.help || !values.name || !slug || !values.owner || !values.email) throw new UsageFault(usage);
  if (!/^[a-z][a-z0-9-]{1,30}$/.test(slug))
    throw new UsageFault(`The slug "${slug}" is not 2 to 31 of a-z, 0-9 and -, beginning with a letter.`);
  const [name, owner] = [requireLine('name', values.name, limits.name), requireLine('owner', values.owner, limits.name)];
  const email = requireEmailAddress('email', values.email);
  const given = process.env.OWNER_PASSWORD;
  if (given !== undefined) requirePassword(given, knownWords(email, [owner]), 'OWNER_PASSWORD');
  const password = given ?? randomBytes(12).toString('base64url');

  const config = readConfig(process.env);
  const desk = await openDesk(config, createLogger(config.logLevel));
  try {
    const at = new Date();
    await desk.orm.em.fork().transactional(async (em) => {
      const workspace = await createWorkspace(em, { name, slug, demo: false, at });
      await createMember(em, { workspaceId: workspace.id, name: owner, email, password, role: 'OWNER', at });
    });
    console.log(
      `Made the workspace "${name}". ${owner} signs in as ${email}${given ? '' : ` with the password ${password}, shown this once`}.`,
    );
  } catch (error) {
    if ((error as { code?: string }).code === '23505')
      throw new UsageFault(`The slug "${slug}" or the address ${email} is taken already. Choose another.`);
    throw error;
  } finally {
    await desk.close();
  }
}

try {
  await run();
} catch (error) {
  console.error(error instanceof UsageFault || error instanceof InvalidInput ? error.message : explainStartFault(error, process.env));
  process.exit(1);
}
