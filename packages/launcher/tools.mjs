// Finds a program that tests need, or installs it where a package manager lets us.
import { execFileSync, spawnSync } from 'node:child_process';

function works(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function install(packageName) {
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const managers = [
    [
      'apt-get',
      [
        ['apt-get', 'update', '-qq'],
        ['apt-get', 'install', '-y', '-qq', packageName],
      ],
    ],
    ['dnf', [['dnf', 'install', '-y', '-q', packageName]]],
    ['apk', [['apk', 'add', '--quiet', packageName]]],
  ];
  if (process.platform === 'darwin') managers.push(['brew', [['brew', 'install', '--quiet', packageName]]]);
  for (const [name, steps] of managers) {
    if (!works(name)) continue;
    return steps.every((step) => {
      const [command, ...args] = name === 'brew' ? step : [...prefix, ...step];
      return (
        spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
          .status === 0
      );
    });
  }
  return false;
}

/** The command that runs `tool`: the one the variable names, one in PATH, or one installed just now. Throws with what to do. */
export function findTool({ tool, variable, commands, packageName }) {
  const named = process.env[variable];
  if (named) {
    if (works(named)) return named;
    throw new Error(`${variable} names "${named}", which does not run. Set it to a ${tool} executable or unset it.`);
  }
  const present = () => commands.find(works);
  const found = present();
  if (found) return found;
  console.log(`Installing ${packageName} (the tests need ${tool})…`);
  const made = install(packageName) ? present() : undefined;
  if (made) return execFileSync('which', [made], { encoding: 'utf8' }).trim();
  throw new Error(`The tests need ${tool}. Install the package "${packageName}", or set ${variable} to its executable.`);
}
