// The capacity of a job on AWS. Not in the package's index, so that no other command loads it.
export { type Capacity, capacityOf } from './capacity.ts';
export { speedOf } from './speed.ts';
