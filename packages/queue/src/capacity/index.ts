// What a job needs on AWS. An entry of its own: no other command loads it.
export { type Capacity, capacityOf } from './capacity.ts';
export { speedOf } from './speed.ts';
