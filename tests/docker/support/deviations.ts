// What LocalStack 4.14 does otherwise than AWS, by the contract suite's cases. docs/differences.md has a row for each.

const LOOSE = 'accepts it';
const NOT_THE_SENDER = 'says that it is not the sender’s fault';

export const deviations = {
  'queue names have at most 80 letters, digits, hyphens and underscores': LOOSE,
  'a purge empties the queue, forgets deduplication ids, and is allowed once a minute': 'purges at any time',
  'values out of bounds are refused': LOOSE,
  'high throughput needs deduplication per message group': LOOSE,
  'wrong message attributes are refused': LOOSE,
  'numbers out of bounds are refused': LOOSE,
  'a repeated receive attempt gets the same messages and receipt handles':
    'ignores the attempt id: they stay in flight',
  'a released first message is taken again, and it alone, while later ones are out':
    'skips those in flight and takes what comes after them too',
  'a released later message waits for the ones before': 'takes it although an earlier one is in flight',
  'the same deduplication id is accepted once and answers alike': 'answers with a new sequence number',
  'an id counts for its message group when the scope says so': 'forgets it when another group uses the same id',
  'an id holds while its message is in flight and after it is deleted': 'answers with a new sequence number',
  'timeouts end at 12 hours': LOOSE,
  'an expired receipt handle can neither delete nor prolong': 'deletes',
  'an older receipt handle can neither delete nor prolong': 'reports success',
  'a bad entry fails alone, the others are sent': NOT_THE_SENDER,
  'a batch deletes what it can and names the rest': NOT_THE_SENDER,
  'an expired handle fails in a batch as it does alone': 'reports success',
  'a batch changes visibility entry by entry': NOT_THE_SENDER,
  'deduplication does not swallow a dead letter': 'loses the dead letter',
  'the policy is returned with the count as a number': 'returns it as it was written',
  'a policy needs a queue that exists': LOOSE,
  'an update that changes nothing, or an index that is not there, is refused': LOOSE,
  'a policy needs a queue of the same type': LOOSE,
  // Unless the client hung up before LocalStack came to the poll.
  'a poll whose client hung up takes no message': { sometimes: 'the poll stays open and takes the next message' },
  'a message may have a delay of its own': 'accepts a delay of more than 15 minutes',
  'a task moves dead letters back to where they came from': 'goes on counting receives where AWS starts over',
  'an empty list is not an error, a wrong token is': 'lists a key where none was asked for',
  'wrong digests are refused and nothing is stored': 'leaves a put with a wrong digest without an answer',
} as const;
