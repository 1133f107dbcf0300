// Installs Node and pnpm for a machine that lacks them: from the npm packages that toolchain.json names, after checking
// their sha512.
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
import { fail, log, logWhileWaiting } from './log.mjs';
import { unpackFile } from './unpack.mjs';

/** A folder of an unfinished download that is older than this belongs to a launcher that was killed. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

const isWindows = process.platform === 'win32';
const launchFolder = dirname(fileURLToPath(import.meta.url));
/** Where tools are installed. Git ignores it, and it may be deleted while nothing runs. */
export const toolchainFolder = join(launchFolder, '../../.toolchain');
const pins = JSON.parse(readFileSync(join(launchFolder, 'toolchain.json'), 'utf8'));

/** Returns the path of the executable of a tool (`node` or `pnpm`), after fetching its package if it is missing. */
export async function fetchTool(tool) {
  const pin = pinOf(tool);
  const program = isWindows ? `${tool}.exe` : tool;
  return install(tool, pin, tool === 'node' ? `bin/${program}` : program);
}

/** `linux-x64`, `linux-x64-musl`, `darwin-arm64`, … */
function platformName({ platform, arch } = process) {
  return `${platform}-${arch}${platform === 'linux' && isMusl() ? '-musl' : ''}`;
}

/**
 * True on systems with the C library musl, such as Alpine: Node's report names a glibc version only if it uses glibc.
 */
function isMusl() {
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

/** The package, version and sha512 that toolchain.json names for a tool on this platform. */
function pinOf(tool) {
  const name = process.env.MOVIE_LOAD_PLATFORM || platformName();
  const pin = pins[tool][name];
  if (pin) return pin;
  const advice = name.endsWith('-musl')
    ? 'Alpine and other systems with musl have their own: `apk add nodejs` (24 or newer), or use an image such as node:24-alpine.'
    : 'Install Node 24 or newer and pnpm 12, so that both are found in PATH, then try again.';
  return fail(`npm has no ready-made ${tool === 'node' ? 'Node' : 'pnpm'} for ${name}. ${advice}`);
}

/**
 * Installs the program into a temporary folder and renames the folder, so that an installed tool is always complete.
 */
async function install(tool, pin, program) {
  const target = join(toolchainFolder, `${tool}-${pin.version}`);
  const programPath = join('node_modules', pin.package, program);
  if (existsSync(join(target, programPath))) return join(target, programPath);
  log(`fetching ${tool} ${pin.version} from the npm registry (once, into .toolchain/) …`);
  mkdirSync(toolchainFolder, { recursive: true });
  removeObsolete(tool, target);
  const temporary = mkdtempSync(join(toolchainFolder, 'partial-'));
  const waiting = logWhileWaiting(`still fetching ${tool} ${pin.version}`);
  const problem = await fetchProgram(temporary, pin, program, join(temporary, programPath));
  waiting.stop();
  if (problem !== undefined) {
    rmSync(temporary, { recursive: true, force: true });
    return fail(problem);
  }
  try {
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true }); // another launcher has installed the tool meanwhile
    if (!existsSync(join(target, programPath))) fail(`could not write ${target}: ${error.message}`);
  }
  return join(target, programPath);
}

/**
 * Fetches the package and writes only its program to `file`: a third of Node's package are C headers. Returns what went
 * wrong as a text, or undefined.
 */
async function fetchProgram(folder, pin, program, file) {
  const download = join(folder, 'download');
  mkdirSync(download);
  const result = await npmPack(download, pin);
  const [archive] = readdirSync(download).filter((name) => name.endsWith('.tgz'));
  if (result.error || result.code !== 0 || archive === undefined) return fetchProblem(pin, result);
  const archivePath = join(download, archive);
  const sha512 = createHash('sha512').update(readFileSync(archivePath)).digest('base64');
  if (`sha512-${sha512}` !== pin.integrity) return integrityProblem(pin);
  mkdirSync(dirname(file), { recursive: true });
  const hasProgram = await unpackFile(archivePath, `package/${program}`, file);
  rmSync(download, { recursive: true, force: true });
  return hasProgram
    ? undefined
    : `${pin.package}@${pin.version} has no file ${program}. Install Node 24 and pnpm 12 yourself.`;
}

/**
 * Downloads the package into `folder` with npm, because npm knows the user's registry, proxy and certificates. The
 * folder is npm's working directory and not an argument: on Windows a shell would split a path with a space. npm's
 * cache is in the folder too, and is deleted with it, because its 80 MB are needed only once.
 */
function npmPack(folder, { package: name, version }) {
  // If npm itself has started the launcher, its environment has options for another command.
  const inherited = Object.entries(process.env).filter(
    ([key]) =>
      !/^npm_(package|lifecycle)|^npm_config_(json|global|dry_run|local_prefix|workspaces?|cache|pack_destination)$/i.test(
        key,
      ),
  );
  const env = { ...Object.fromEntries(inherited), npm_config_cache: join(folder, 'cache') };
  const args = ['pack', `${name}@${version}`, '--ignore-scripts', '--no-update-notifier', '--loglevel=error'];
  return runTool(isWindows ? 'npm.cmd' : 'npm', args, { cwd: folder, env, shell: isWindows });
}

/** The text for a package whose sha512 is wrong. */
const integrityProblem = ({ package: name, version }) =>
  `refused ${name}@${version}: what the registry sent is not what scripts/launch/toolchain.json names (its sha512 differs), so it was not unpacked. Check your registry or proxy (npm config get registry).`;

/** The text for a package that npm could not fetch. */
function fetchProblem(pin, { error, code, output = '' }) {
  const failure = `could not fetch ${pin.package}@${pin.version}`;
  if (error) return `${failure}: npm could not be started (${error.message}). Install npm, then try again.`;
  if (/EINTEGRITY|Integrity checksum failed/.test(output)) return integrityProblem(pin);
  if (/E404|ETARGET/.test(output)) {
    return `${failure}: your registry does not have it (npm config get registry). Use one that has it, or install Node 24 and pnpm 12 yourself.`;
  }
  return `${failure}: npm ended with ${code}.\n${output}\nCheck the network and npm's registry setting (npm config get registry), then try again.`;
}

/**
 * Deletes other versions of the tool, and folders of interrupted fetches. A recent one may belong to a running
 * launcher.
 */
function removeObsolete(tool, target) {
  for (const name of readdirSync(toolchainFolder)) {
    const folder = join(toolchainFolder, name);
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
