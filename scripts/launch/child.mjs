// Child processes of the launcher: tools that it waits for, and the program that it runs.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fail } from './log.mjs';

const PARENT_CHECK_MS = 500;
const MAX_OUTPUT_CHARACTERS = 4000;
const isWindows = process.platform === 'win32';

/** The running tools. The launcher kills them when it ends, so that an installation leaves no process behind. */
const runningTools = new Set();
process.on('exit', () => {
  for (const child of runningTools) child.kill();
});

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Ends the running tools and the launcher, for example on a Ctrl-C during an installation. */
function stopTools(signal) {
  for (const child of runningTools) child.kill(signal);
  process.exit(128 + constants.signals[signal]);
}

/**
 * Runs a tool to its end. Returns the end of its output with `code`, its exit code or signal, or with `error` if it
 * could not be started.
 */
export function runTool(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-MAX_OUTPUT_CHARACTERS);
      });
    }
    if (runningTools.size === 0) for (const signal of SIGNALS) process.on(signal, stopTools);
    runningTools.add(child);
    const finish = (result) => {
      runningTools.delete(child);
      if (runningTools.size === 0) for (const signal of SIGNALS) process.off(signal, stopTools);
      resolve({ ...result, output: output.trim() });
    };
    child.once('error', (error) => finish({ error }));
    child.once('close', (code, signal) => finish({ code: code ?? signal }));
  });
}

/** Runs the program, passes signals on to it, and ends the launcher with its exit code, or with 128 plus its signal. */
export function runProgram(node, args, env) {
  const child = spawn(node, args, { stdio: 'inherit', env });
  // One Ctrl-C can reach the program several times: from the terminal, npm and the launcher. The program treats signals
  // within a second as one.
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  // npm does not pass on SIGKILL and SIGHUP, so the launcher stops the program when npm has ended.
  const watch = watchParents(() => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`could not start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

/**
 * Calls `onGone` once when a parent process has ended. npm runs scripts in a shell. Some shells replace themselves by the
 * script (`exec`), others remain its parent and outlive npm. So npm itself is watched too.
 */
function watchParents(onGone) {
  const parent = process.ppid;
  const npm = process.env.npm_lifecycle_event === undefined ? undefined : findNpm(parent);
  const watch = setInterval(() => {
    // On Windows `ppid` does not change when the parent ends.
    const isOrphan = process.ppid !== parent || (isWindows && !isAlive(parent));
    if (!isOrphan && (npm === undefined || isAlive(npm))) return;
    // A second SIGTERM would end the program before it has drained.
    clearInterval(watch);
    onGone();
  }, PARENT_CHECK_MS);
  return watch;
}

const MAX_SHELLS = 4;

/** The process id of the npm, pnpm or yarn among the ancestors of the launcher; undefined if it is not found. */
function findNpm(parent) {
  for (let pid = parent, step = 0; pid > 1 && step <= MAX_SHELLS; step += 1) {
    const { parentPid, command } = readProcess(pid);
    // npm and yarn are scripts, so their command may begin with `node`.
    if (/^(\S*[/])?(npm|pnpm|yarn|node)\b/.test(command)) return pid;
    pid = parentPid;
  }
  return undefined;
}

/** Returns the process id of the process's parent (0 if unknown), and its command line. */
function readProcess(pid) {
  try {
    const parentPid = Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? 0);
    return { parentPid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
  } catch {
    if (isWindows) return { parentPid: 0, command: '' };
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parentPid = '0', command = ''] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? [];
    return { parentPid: Number(parentPid), command };
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

/** True for an ended process whose parent has not reaped it. Only Linux tells this without starting another program. */
function isZombie(pid) {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
