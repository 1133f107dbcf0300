// The image has no package that exists for development only: the embedded AWS with its lab, the lessons, the simulation,
// the benchmark.
import { expect, test } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { docker } from './support/docker.ts';
import { buildImage } from './support/image.ts';

const LIST = "console.log(fs.readdirSync('packages').join(' '))";

needs('docker')('the image', () => {
  test('contains neither the embedded AWS and its lab, nor the lessons, the simulation or the benchmark', async () => {
    const packages = await docker(['run', '--rm', await buildImage(), '--eval', LIST]);
    expect(packages).toMatch(/\baws\b.*\bcli\b/);
    expect(packages).not.toMatch(/bench|learn|local-aws|simulation/);
  });
});
