// Child processes of the launcher: tools that it waits for, and the program that it runs.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fail } from './words.mjs';

const PARENT_CHECK_MS = 500;
const OUTPUT_KEPT_CHARACTERS = 4000;
const windows = process.platform === 'win32';

/** The running tools. The end of the launcher ends them, so that an installation leaves no process behind. */
const tools = new Set();
process.on('exit', () => {
  for (const child of tools) child.kill();
});

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Makes a Ctrl-C during an installation end it together with the launcher. */
function stopTools(signal) {
  for (const child of tools) child.kill(signal);
  process.exit(128 + constants.signals[signal]);
}

/** Runs a tool to its end. Returns its exit code (or signal), the error of its start, and the end of its output. */
export function runTool(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-OUTPUT_KEPT_CHARACTERS);
      });
    }
    if (tools.size === 0) for (const signal of SIGNALS) process.on(signal, stopTools);
    tools.add(child);
    const done = (result) => {
      tools.delete(child);
      if (tools.size === 0) for (const signal of SIGNALS) process.off(signal, stopTools);
      resolve({ ...result, output: output.trim() });
    };
    child.once('error', (error) => done({ error }));
    child.once('close', (code, signal) => done({ code: code ?? signal }));
  });
}

/** Runs the program as the only child, passes signals on, and ends with its exit code or signal. */
export function runProgram(node, args, env) {
  const child = spawn(node, args, { stdio: 'inherit', env });
  // One Ctrl-C can reach the program several times (terminal, npm, launcher); it counts those within a second as one.
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  // npm forwards neither SIGKILL nor SIGHUP: the program must end when npm has ended.
  const watch = watchParents(() => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`could not start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

/**
 * Calls `gone` when a parent process has ended. npm runs scripts by a shell: some shells replace themselves by the
 * script, others stay between and outlive npm. So npm itself is watched as well.
 */
function watchParents(gone) {
  const parent = process.ppid;
  const npm = process.env.npm_lifecycle_event === undefined ? undefined : findNpm(parent);
  return setInterval(() => {
    // On Windows an orphan keeps the process id of its parent.
    const lost = process.ppid !== parent || (windows && !isAlive(parent));
    if (lost || (npm !== undefined && !isAlive(npm))) gone();
  }, PARENT_CHECK_MS);
}

const MOST_SHELLS = 4;

/** The process id of the npm (or pnpm, yarn) that started the shells above; undefined where it cannot be found. */
function findNpm(parent) {
  for (let pid = parent, step = 0; pid > 1 && step <= MOST_SHELLS; step += 1) {
    const { above, command } = describe(pid);
    if (/^(\S*[/])?(npm|pnpm|yarn|node)\b/.test(command)) return pid;
    pid = above;
  }
  return undefined;
}

/** Returns the parent of a process, and its command line. */
function describe(pid) {
  try {
    const above = Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? 0);
    return { above, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
  } catch {
    if (windows) return { above: 0, command: '' };
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' });
    const [, above = '0', command = ''] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? [];
    return { above: Number(above), command };
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !isZombie(pid);
}

/** True for a killed process whose parent has not reaped it; only Linux shows that without starting a program. */
function isZombie(pid) {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
