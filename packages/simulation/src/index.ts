// The simulation as a library: run a seed, shrink a failure, and the services of a simulated world as an endpoint.

export { runSeed, type SeedResult } from './run/run-seed.ts';
export { shrink } from './run/shrink.ts';
export { createServicesEndpoint } from './services/endpoint.ts';
