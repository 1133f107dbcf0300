// Finds the Docker engine as the `docker` command does: by the current context, which Colima, OrbStack, Docker Desktop
// and rootless engines set. testcontainers looks only at DOCKER_HOST and at a few well-known sockets.
import { spawnSync } from 'node:child_process';

const TIMEOUT_MS = 10_000;
const DEFAULT_HOST = 'unix:///var/run/docker.sock';

/** `DOCKER_HOST` of the current context; empty if it is set already, is the default, or Docker is not installed. */
export function dockerContextEnvironment(env: NodeJS.ProcessEnv): { readonly DOCKER_HOST?: string } {
  if (env.DOCKER_HOST) return {};
  const args = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];
  const { stdout, status } = spawnSync('docker', args, { encoding: 'utf8', env, timeout: TIMEOUT_MS });
  const host = status === 0 ? stdout.trim() : '';
  return host === '' || host === DEFAULT_HOST ? {} : { DOCKER_HOST: host };
}
