// How LocalStack 4.14 deviates from AWS, by case of the contract suite. docs/differences.md has a row for each.

const ACCEPTS_IT = 'accepts it';
const NO_SENDER_FAULT = 'reports SenderFault: false';

export const deviations = {
  'queue names have at most 80 letters, digits, hyphens and underscores': ACCEPTS_IT,
  'a purge empties the queue, forgets deduplication ids, and is allowed once a minute': 'purges at any time',
  'queue attributes out of bounds are refused': ACCEPTS_IT,
  'high throughput needs deduplication per message group': ACCEPTS_IT,
  'wrong message attributes are refused': ACCEPTS_IT,
  'a receive with numbers out of bounds is refused': ACCEPTS_IT,
  'a receive that repeats an attempt id gets the same messages and receipt handles':
    'ignores the attempt id: they stay in flight',
  'a released first message is delivered again, alone, while later ones are in flight':
    'skips those in flight and takes what comes after them too',
  'a released later message waits for the earlier ones': 'takes it although an earlier one is in flight',
  'the same deduplication id is accepted once, and each send gets the same answer':
    'answers with a new sequence number',
  'a deduplication id counts for its message group if DeduplicationScope is messageGroup':
    'forgets it when another group uses the same id',
  'a deduplication id counts while its message is in flight and after it is deleted':
    'answers with a new sequence number',
  'a visibility timeout may not exceed 12 hours': ACCEPTS_IT,
  'an expired receipt handle can neither delete a message nor prolong its timeout': 'deletes',
  'an older receipt handle can neither delete a message nor prolong its timeout': 'reports success',
  'an invalid entry of a batch fails alone, the others are sent': NO_SENDER_FAULT,
  'a batch deletes the valid entries and names the others': NO_SENDER_FAULT,
  'an expired receipt handle fails in a batch as in a single call': 'reports success',
  'a batch changes visibility entry by entry': NO_SENDER_FAULT,
  'deduplication does not drop a message that SQS dead-letters': 'loses the dead letter',
  'a redrive policy is returned with maxReceiveCount as a number': 'returns it as it was written',
  'a redrive policy needs an existing queue': ACCEPTS_IT,
  'an UpdateTable that changes nothing, or a missing index, is refused': ACCEPTS_IT,
  'a redrive policy needs a queue of the same type': ACCEPTS_IT,
  // Not if the client hung up before LocalStack began the poll.
  'a poll whose client hung up receives no message': { sometimes: 'the poll stays open and takes the next message' },
  'a message of a standard queue may have its own delay': 'accepts a delay of more than 15 minutes',
  'a move task returns dead letters to the queues that they came from': 'keeps the receive count, which AWS resets',
  'an empty list succeeds, a wrong continuation token fails': 'lists a key although MaxKeys is 0',
  'wrong digests are refused and nothing is stored': 'leaves a put with a wrong digest without an answer',
} as const;
