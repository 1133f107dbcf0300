// Every error code of movie-load, with when it is thrown and what to do. `docs/errors.md` is made from this file.

export interface ErrorCodeEntry {
  /** When an error with this code is thrown. */
  readonly when: string;
  /** What the reader should do next. */
  readonly next: string;
}

const catalogue = <Code extends string>(entries: Readonly<Record<Code, ErrorCodeEntry>>) => entries;

export const ERROR_CODES = catalogue({
  usage: {
    when: 'An option, a setting, an argument or a request body is not valid. Exit code 2.',
    next: 'Correct what the message names; `--help` lists what is possible.',
  },
  interrupted: {
    when: 'Ctrl-C (exit code 130), SIGTERM (143) or SIGHUP (129) ended a command before it was done.',
    next: 'Run it again: what it had done stays done, and nothing is left half-done.',
  },
  account_unknown: {
    when: 'On AWS the bucket has the account in its default name and as its owner, and neither the queue nor STS returned the account.',
    next: 'Set MOVIE_LOAD_BUCKET and MOVIE_LOAD_BUCKET_OWNER, allow sqs:GetQueueUrl, or create the queue with `movie-load setup`.',
  },
  endpoint_unreachable: {
    when: 'A command could not connect to the AWS endpoint, or got no answer in time.',
    next: 'Check AWS_ENDPOINT_URL; for the embedded AWS start `movie-load up`.',
  },
  aws_unreachable: {
    when: 'The producer could not look up its queue.',
    next: 'Check the endpoint and the credentials; the producer tries again as a service.',
  },
  job_running: {
    when: '`delete` was asked to delete a job that is RUNNING.',
    next: 'Wait until it is COMPLETE, or add `--force`: consumers then drop its remaining messages.',
  },
  job_deleted: {
    when: 'The job was deleted. Consumers drop its messages for 30 days.',
    next: 'Produce the same movies as a new job, with another nonce.',
  },
  job_expired: {
    when: 'The job is older than MOVIE_LOAD_RETENTION_DAYS: DynamoDB is removing what was stored of it.',
    next: 'Produce the same movies as a new job.',
  },
  no_credentials: {
    when: 'The AWS SDK found no credentials or could not read them, or AWS did not accept them: they are expired or unknown.',
    next: 'Set AWS_PROFILE or key variables, sign in (`aws sso login`), or set AWS_ENDPOINT_URL for an emulator.',
  },
  aws_refused: {
    when: 'AWS answered a call with an error that a retry cannot fix.',
    next: 'Read the error that it quotes: usually a permission or a name.',
  },
  entries_failed: {
    when: 'Entries of a batch call failed in every attempt, or DynamoDB left items unprocessed.',
    next: 'Try again. If it fails again, the service throttles or has an outage.',
  },
  queue_missing: {
    when: 'A queue does not exist at the endpoint.',
    next: 'Run `movie-load setup`, or correct MOVIE_LOAD_QUEUE or MOVIE_LOAD_DLQ.',
  },
  resource_missing: {
    when: 'A table, bucket or queue that the environment names does not exist at the endpoint.',
    next: 'Run `movie-load setup`, or correct the name (MOVIE_LOAD_TABLE, MOVIE_LOAD_BUCKET, MOVIE_LOAD_QUEUE, MOVIE_LOAD_DLQ).',
  },
  teardown_refused: {
    when: '`teardown` found a bucket that is not empty, or a table that is protected from deletion.',
    next: 'Do what the message says, then run it again. Nothing was removed.',
  },
  resource_differs: {
    when: '`setup` found a table whose keys or index are not those that movie-load needs.',
    next: 'Delete the table, or name another one in MOVIE_LOAD_TABLE.',
  },
  bucket_not_usable: {
    when: '`setup` or `teardown` cannot use the bucket: its name belongs to another account, it is in another region, or the credentials may not see it.',
    next: 'Name another bucket in MOVIE_LOAD_BUCKET, or set AWS_REGION to the region of the bucket. Nothing was created or removed.',
  },
  embedded_needs_md5: {
    when: 'The embedded AWS was to be started where OpenSSL has no MD5 (FIPS mode).',
    next: 'Use LocalStack or AWS, where the services need no MD5, or start Node without FIPS mode.',
  },
  s3_answer: {
    when: 'S3 answered without something that its API promises.',
    next: 'Report it with the endpoint that you use; on AWS this must not happen.',
  },
  lab_closed: {
    when: 'A command needs the lab of the embedded AWS (faults, clock, history), and the endpoint has none.',
    next: 'Start `movie-load up --lab` as the same user, and set AWS_ENDPOINT_URL to what it prints.',
  },
  lessons_missing: {
    when: '`learn` was run from an image, which has neither lessons nor an embedded AWS.',
    next: 'Run it from a checkout: `npm run movie-load -- learn`.',
  },
  peek_failed: {
    when: 'The endpoint did not show the messages of a queue.',
    next: 'Try again; `movie-load queue` without `peek` works on every endpoint.',
  },
  port_taken: {
    when: 'Another program listens on the port.',
    next: 'Stop that program, or choose another port.',
  },
  port_refused: {
    when: 'The operating system does not allow this user to listen on the port.',
    next: 'Choose a port over 1023.',
  },
  embedded_failed: {
    when: 'The process of the embedded AWS ended before it listened.',
    next: 'Read the reason in the message; `MOVIE_LOAD_DEBUG=1` shows more.',
  },
  job_failed: {
    when: '`start` saw that its job cannot complete: a service ended, or a message was dead-lettered.',
    next: 'Read the log that the message names.',
  },
  job_incomplete: {
    when: 'Movies that are needed for the object are not stored.',
    next: '`movie-load verify <job>` lists them; `movie-load resume <job>` sends them again.',
  },
  bad_item: {
    when: 'An item of the table does not have the shape that movie-load writes: it was changed by hand.',
    next: '`movie-load verify <job>` reports what is wrong.',
  },
  object_missing: {
    when: 'The object of a job is not in the bucket.',
    next: '`movie-load repair <job>` writes it again from the table.',
  },
  dependency_away: {
    when: 'SQS, DynamoDB or S3 does not answer, and the work can wait in the queue. Handled inside the consumer.',
    next: 'Nothing: the consumer continues when the dependency answers.',
  },
  download_failed: {
    when: 'The file could not be written: the disk is full or read-only, or the folder was deleted. The message names the folder.',
    next: 'Make room or check the folder and its permissions, or choose another folder with `--out`; the incomplete file was removed.',
  },
  download_short: {
    when: 'Fewer bytes arrived than the object has.',
    next: 'Try again; the incomplete file was removed.',
  },
  no_dead_letter: {
    when: 'No message of the dead-letter queue has the id that was asked for.',
    next: '`movie-load dlq ls` lists the ids.',
  },
  dead_letter_failed: {
    when: 'The dead-letter queue refused an invalid message, which therefore stays in its queue.',
    next: 'Check the dead-letter queue and the permission sqs:SendMessage on it.',
  },
  send_refused: {
    when: 'The queue refused a message in a way that a retry cannot fix.',
    next: 'Correct what the message names; the job can be resumed, nothing was skipped.',
  },
  outside_plan: {
    when: 'A group or message number was asked for that the job does not have.',
    next: 'Use numbers of the plan: `movie-load job <job>` shows them.',
  },
  invariant: {
    when: 'Something that movie-load itself makes breaks one of its rules: a bug. Nothing is stored.',
    next: 'Report it with the message, which has the rule and the values.',
  },
  plan_token: {
    when: 'A text that should be a plan token is not one.',
    next: 'Copy the whole token that `produce` printed.',
  },
  no_names: {
    when: 'The installed @faker-js/faker has no English names.',
    next: 'Install the version of the lockfile.',
  },
  no_such_consumer: {
    when: 'No running consumer of `up` has that name.',
    next: 'Use a name that the page or `up` shows.',
  },
  control_refused: {
    when: '`movie-load up` refused to add, pause or kill a consumer for the page.',
    next: 'Read its reason.',
  },
});

/** The stable code of an error, for programs. */
export type ErrorCode = keyof typeof ERROR_CODES;
