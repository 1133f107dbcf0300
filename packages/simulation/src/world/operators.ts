// Operators who redrive, purge or list dead letters. The commands' reports are compared with their effects.
import { type DeadLetter, listDeadLetters, purgeDeadLetters, redrive } from '@movie-load/queue';
import { REFUSALS } from '@movie-load/schema';
import { type Actor, commandPorts } from './actors.ts';

/** Redrives the dead-letter queue. `isInDeadLetterQueue` returns whether it still has a message. */
export async function redriveAll(
  actor: Actor,
  isInDeadLetterQueue: (id: string) => boolean,
  max?: number,
): Promise<void> {
  const { process, oracle, stop } = actor;
  const { queue, dlq } = commandPorts(actor);
  const chosen: DeadLetter[] = [];
  const onProgress = (deadLetters: readonly DeadLetter[]) => void chosen.push(...deadLetters);
  const { clock, random, name } = process;
  const visibilitySeconds = chooseVisibilitySeconds(actor);
  const { signal } = stop;
  const result = await redrive({ from: dlq, to: queue, clock, random, max, visibilitySeconds, signal, onProgress });
  const { redriven, refused, undeleted } = result;
  oracle.count('redrive ended');
  if (refused.length > 0) oracle.count('redrive: refused');
  if (undeleted > 0) oracle.count('redrive: undeleted');
  const refusedIds = new Set(refused.map(({ message_id }) => message_id));
  const sent = chosen.map(({ message_id }) => message_id).filter((id) => !refusedIds.has(id));
  const remaining = sent.filter(isInDeadLetterQueue);
  const violate = (what: string) => oracle.violate('a redrive reports what it did', `${name} ${what}`);
  if (redriven !== sent.length) violate(`sent ${sent.length} of ${chosen.length}, and reports ${redriven}`);
  if (chosen.length > (max ?? chosen.length)) violate(`took ${chosen.length}, at most ${max} were asked for`);
  if (remaining.length > undeleted) violate(`left ${remaining.length} that it had sent, and reports ${undeleted}`);
}

/** Purges dead letters of some of the reasons that only forged messages have. */
export async function purgeAsOperator(actor: Actor, isInDeadLetterQueue: (id: string) => boolean): Promise<void> {
  const { process, oracle, stop } = actor;
  const { clock, random, name } = process;
  const { dlq } = commandPorts(actor);
  const reasons = REFUSALS.filter(() => random.next() < 0.6);
  const chosen: DeadLetter[] = [];
  oracle.deadLetters.expectPurge(name, reasons);
  const { purged, undeleted } = await purgeDeadLetters({
    dlq,
    clock,
    filter: { reasons },
    visibilitySeconds: chooseVisibilitySeconds(actor),
    signal: stop.signal,
    onProgress: (deadLetters) => void chosen.push(...deadLetters),
  });
  if (undeleted > 0) oracle.count('purge: undeleted');
  const remaining = chosen.filter(({ message_id }) => isInDeadLetterQueue(message_id));
  if (purged !== chosen.length || remaining.length > undeleted)
    oracle.violate(
      'a purge reports what it did',
      `${name} chose ${chosen.length}, left ${remaining.length}, and reports ${purged} purged, ${undeleted} not deleted`,
    );
}

/** Lists all dead letters, or runs a redrive as a dry run: both remove no message. */
export async function listAsOperator(actor: Actor): Promise<void> {
  const { process, oracle, stop } = actor;
  const { queue, dlq } = commandPorts(actor);
  const { clock, random, name } = process;
  const { signal } = stop;
  const visibilitySeconds = chooseVisibilitySeconds(actor);
  oracle.deadLetters.expectList(name);
  if (random.next() < 0.3) {
    let chosen = 0;
    const onProgress = (deadLetters: readonly DeadLetter[]) => {
      chosen += deadLetters.length;
    };
    const options = { clock, random, visibilitySeconds, signal, onProgress, dryRun: true };
    const { redriven } = await redrive({ from: dlq, to: queue, ...options });
    if (redriven !== chosen) oracle.violate('a redrive reports what it would do', `${redriven} of ${chosen}`);
    return;
  }
  const { deadLetters, total, byReason } = await listDeadLetters({ dlq, clock, visibilitySeconds, signal });
  const countByReason = Object.values(byReason).reduce((sum, count) => sum + count, 0);
  if (deadLetters.length !== total || countByReason !== total)
    oracle.violate(
      'a list has what it counts',
      `${deadLetters.length} listed, ${countByReason} by reason, ${total} in all`,
    );
}

/** The visibility timeout: mostly long, like the default; sometimes so short that it must be extended. */
function chooseVisibilitySeconds({ process: { random } }: Actor): number | undefined {
  const dice = random.next();
  return dice < 0.5 ? undefined : Math.ceil(4 + 20 * random.next());
}
