import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const command = ['--experimental-transform-types', '--no-warnings', join(import.meta.dirname, 'workspace-main.ts')];
const owner = ['--name', 'Acme', '--slug', 'acme', '--owner', 'Ada Byron', '--email', 'ada@acme.example'];

it('refuses an owner password that the sign-in pages would refuse', async () => {
  for (const [password, word] of [
    ['short', 'at least 8'],
    ['password1', 'easy to guess'],
    ['ada@acme.example', 'easy to guess'],
  ]) {
    const refused = run(process.execPath, [...command, ...owner], { env: { OWNER_PASSWORD: password } });

    await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(word ?? '') });
  }
});

it('refuses an email address that is none, and a name without a visible character', async () => {
  for (const [option, value, word] of [
    ['--email', 'ada@@acme', 'Invalid email address: ada@@acme'],
    ['--email', 'ada', 'Invalid email address: ada'],
    ['--owner', '\u200B', 'Write at least one visible character'],
    ['--name', '\u3164', 'Write at least one visible character'],
  ]) {
    const refused = run(process.execPath, [...command, ...owner, option ?? '', value ?? ''], { env: {} });

    await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(word ?? '') });
  }
});
