// The incidents (faults) in a run of the fleet.

/** An incident, and when it begins and ends, in milliseconds of the run. Without `to` it does not end. */
export interface Incident {
  readonly from: number;
  readonly to?: number;
  readonly kind:
    | 'tasks_do_not_start'
    | 'nothing_is_stored'
    | 'message_is_stuck'
    | 'dead_letters'
    | 'fatal_exit'
    | 'job_is_stalled'
    | 'other_writer'
    | 'table_takes_less'
    | 'deployment'
    | 'spot_interruption';
}

/** Returns the number of incidents of a kind at a time. */
export type CountIncidents = (kind: Incident['kind'], now: number) => number;

export const countIncidents =
  (incidents: readonly Incident[]): CountIncidents =>
  (kind, now) => {
    let count = 0;
    for (const { kind: incidentKind, from, to = Infinity } of incidents)
      if (incidentKind === kind && now >= from && now < to) count += 1;
    return count;
  };
