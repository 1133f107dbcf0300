// Where Docker's engine is, as Docker's own command line finds it: by its current context (Colima, OrbStack, Docker Desktop
// and rootless engines set one). testcontainers looks at DOCKER_HOST and a few well-known sockets only.
import { spawnSync } from 'node:child_process';

const LIMIT_MS = 10_000;
const DEFAULT_HOST = 'unix:///var/run/docker.sock';

/** `DOCKER_HOST` of the current context; nothing where it is set already, is the default, or Docker is not installed. */
export function dockerContextEnvironment(env: NodeJS.ProcessEnv): { readonly DOCKER_HOST?: string } {
  if (env.DOCKER_HOST) return {};
  const args = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];
  const { stdout, status } = spawnSync('docker', args, { encoding: 'utf8', env, timeout: LIMIT_MS });
  const host = status === 0 ? stdout.trim() : '';
  return host === '' || host === DEFAULT_HOST ? {} : { DOCKER_HOST: host };
}
