// The project's image, built once in each test file: a later build finds every layer in the cache.
import { root } from '../../support/repository.ts';
import { docker } from './docker.ts';

/** Not the name that `docker compose up` uses: tests do not change that image. */
export const IMAGE = 'movie-load:test';

/** The registry may be slow or unreachable for a moment; an attempt does not repeat finished steps. */
const ATTEMPTS = 3;

let built: Promise<string> | undefined;

/**
 * Builds the image from the checkout, in seconds when nothing has changed. Throws with the build's log when it fails.
 */
export function buildImage(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      await docker(['build', '--progress=plain', '--tag', IMAGE, root]);
      return IMAGE;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
