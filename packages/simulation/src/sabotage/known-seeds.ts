/**
 * Seeds that noticed a sabotage when this was written: `--quick` tries them first. The list has only sabotages that
 * take long without it, because the first seed that notices them is large, or because earlier seeds run until a limit
 * of steps ends them. After a change of the protocol these seeds may miss the sabotage: then all seeds are tried from
 * 1 on, as without `--quick`.
 */
export const KNOWN_SEEDS: Readonly<Record<string, readonly number[]>> = {
  'an upload is aborted when it is not known whether it was recorded': [435],
  'a part may be one movie too small': [15, 37],
  'a part with the number of its neighbour': [19, 14],
  'an upload that is gone is not replaced': [19, 163],
  'the job item is remembered before it was created': [24, 8],
  'unprocessed items are written again once at most': [927],
  'a note of an upload that is gone counts': [240, 358],
  'ignore unprocessed items': [23, 12],
  'a refusal counts in what was sent again': [325],
  'an upload that is gone counts as the object': [36, 43],
  'a COMPLETE job gets an upload': [19, 15],
  'what a sweep could not delete is visited again': [76],
  'a refusal loses its place when a batch is sent again': [318],
  'ETags from memory': [46],
  'climb a tree only when an add made a node full': [19, 34],
  'climb only when an add made a set full': [7, 5],
  'a purge takes what does not match': [7, 6],
  'a group’s slices are removed before its ledger is marked': [90],
  'a RUNNING job is deleted without being asked to': [66],
  'a breaker that opens before a poller has its slot is overlooked': [26],
  'what is received while draining is not released': [54],
  'giving up on a batch is silent': [61],
  'ignore a refused dead letter': [58],
  'redrive deletes what the queue did not take': [43],
  'resume does not count a full node': [43],
  'a release is tried once': [58],
  'what a sweep could not delete is not reported': [28],
  'sending goes on after its caller was told that it failed': [23],
  'a command receives again after Ctrl-C': [21],
};
