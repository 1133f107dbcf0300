// Installs Node and pnpm on a machine without them: exactly the packages of toolchain.json, checked against its sha512.
//
//   node scripts/launch/toolchain.mjs pnpm <folder>     installs pnpm there (for the image's build)
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runTool } from './child.mjs';
import { unpackFile } from './unpack.mjs';
import { fail, log, logWhileWaiting } from './words.mjs';

const ABANDONED_AFTER_MS = 60 * 60 * 1000;

const windows = process.platform === 'win32';
const here = dirname(fileURLToPath(import.meta.url));
/** Ignored by git; may be deleted at any time while nothing runs. */
export const toolchain = join(here, '../../.toolchain');
const pins = JSON.parse(readFileSync(join(here, 'toolchain.json'), 'utf8'));

/** Returns the file of a tool (`node` or `pnpm`), after fetching its package if it is missing. */
export async function fetchTool(tool) {
  const pin = pinOf(tool);
  const program = windows ? `${tool}.exe` : tool;
  return install(tool, pin, tool === 'node' ? `bin/${program}` : program);
}

/** `linux-x64`, `linux-x64-musl`, `darwin-arm64`, … */
function platformName({ platform, arch } = process) {
  return `${platform}-${arch}${platform === 'linux' && isMusl() ? '-musl' : ''}`;
}

/** True for Alpine's C library: the report names a version of glibc only where glibc is in use. */
function isMusl() {
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

function pinOf(tool) {
  const name = process.env.MOVIE_LOAD_PLATFORM || platformName();
  const pin = pins[tool][name];
  if (pin) return pin;
  const how = name.endsWith('-musl')
    ? 'Alpine and other systems with musl have their own: `apk add nodejs` (24 or newer), or use an image such as node:24-alpine.'
    : 'Install Node 24 or newer and pnpm 12, so that both are found in PATH, then try again.';
  return fail(`npm has no ready-made ${tool === 'node' ? 'Node' : 'pnpm'} for ${name}. ${how}`);
}

/** Installs the package's program in another folder and renames that, so that the tool is never incomplete. */
async function install(tool, pin, program) {
  const target = join(toolchain, `${tool}-${pin.version}`);
  const inside = join('node_modules', pin.package, program);
  if (existsSync(join(target, inside))) return join(target, inside);
  log(`fetching ${tool} ${pin.version} from the npm registry (once, into .toolchain/) …`);
  mkdirSync(toolchain, { recursive: true });
  removeOthers(tool, target);
  const beside = mkdtempSync(join(toolchain, 'partial-'));
  const waiting = logWhileWaiting(`still fetching ${tool} ${pin.version}`);
  const problem = await fetchProgram(beside, pin, program, join(beside, inside));
  waiting.stop();
  if (problem !== undefined) {
    rmSync(beside, { recursive: true, force: true });
    return fail(problem);
  }
  try {
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true }); // another launcher has just done it
    if (!existsSync(join(target, inside))) fail(`could not write ${target}: ${error.message}`);
  }
  return join(target, inside);
}

/** Writes only the program to `file`, as C headers are a third of Node's package. Returns the error, if any. */
async function fetchProgram(folder, pin, program, file) {
  const download = join(folder, 'download');
  mkdirSync(download);
  const done = await npmPack(download, pin);
  const [archive] = readdirSync(download).filter((name) => name.endsWith('.tgz'));
  if (done.error || done.code !== 0 || archive === undefined) return refusal(pin, done);
  const packed = join(download, archive);
  const sha512 = createHash('sha512').update(readFileSync(packed)).digest('base64');
  if (`sha512-${sha512}` !== pin.integrity) return refused(pin);
  mkdirSync(dirname(file), { recursive: true });
  const found = await unpackFile(packed, `package/${program}`, file);
  rmSync(download, { recursive: true, force: true });
  return found
    ? undefined
    : `${pin.package}@${pin.version} has no file ${program}. Install Node 24 and pnpm 12 yourself.`;
}

/**
 * Downloads the package with npm, because npm knows the caller's registry, proxy and certificates. It works in the
 * folder, so that no path is in its arguments: on Windows a shell would split one with a space. Its cache is in the
 * folder too, and is deleted with it, because its 80 MB are needed only once.
 */
function npmPack(folder, { package: name, version }) {
  // The caller may be npm itself, with options for another command.
  const ours = Object.entries(process.env).filter(
    ([key]) =>
      !/^npm_(package|lifecycle)|^npm_config_(json|global|dry_run|local_prefix|workspaces?|cache|pack_destination)$/i.test(
        key,
      ),
  );
  const env = { ...Object.fromEntries(ours), npm_config_cache: join(folder, 'cache') };
  const args = ['pack', `${name}@${version}`, '--ignore-scripts', '--no-update-notifier', '--loglevel=error'];
  return runTool(windows ? 'npm.cmd' : 'npm', args, { cwd: folder, env, shell: windows });
}

const refused = ({ package: name, version }) =>
  `refused ${name}@${version}: what the registry sent is not what scripts/launch/toolchain.json names (its sha512 differs), so it was not unpacked. Look at your registry or proxy (npm config get registry).`;

function refusal(pin, { error, code, output = '' }) {
  const what = `could not fetch ${pin.package}@${pin.version}`;
  if (error) return `${what}: npm could not be started (${error.message}). Install npm, then try again.`;
  if (/EINTEGRITY|Integrity checksum failed/.test(output)) return refused(pin);
  if (/E404|ETARGET/.test(output)) {
    return `${what}: your registry does not have it (npm config get registry). Use one that has it, or install Node 24 and pnpm 12 yourself.`;
  }
  return `${what}: npm ended with ${code}.\n${output}\nCheck the network and npm's registry setting (npm config get registry), then try again.`;
}

/** Deletes other versions of the tool and remains of interrupted fetches; young ones may belong to another launcher. */
function removeOthers(tool, target) {
  for (const name of readdirSync(toolchain)) {
    const folder = join(toolchain, name);
    const isOld = name.startsWith(`${tool}-`) && folder !== target;
    const isAbandoned = name.startsWith('partial-') && Date.now() - statSync(folder).mtimeMs > ABANDONED_AFTER_MS;
    if (!isOld && !isAbandoned) continue;
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Windows cannot delete a running program.
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [tool, folder] = process.argv.slice(2);
  if (!(tool in pins) || folder === undefined) fail('usage: node scripts/launch/toolchain.mjs node|pnpm <folder>');
  mkdirSync(folder, { recursive: true });
  cpSync(await fetchTool(tool), join(resolve(folder), tool));
}
