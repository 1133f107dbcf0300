// The state of the messages of a run: for each queue, a row per message group and a cell per message.
import Box from '@cloudscape-design/components/box';
import { formatCount } from '../format.ts';
import { Labelled } from '../layout.tsx';
import type { ShownMessage, ShownQueue } from './run-state.ts';
import { labelsText } from './timeline-lines.ts';

export function MessageMap({ queues, second }: { queues: readonly ShownQueue[]; second: number }) {
  if (queues.length === 0) return null;
  return (
    <div data-testid="message-map">
      {queues.map((queue) => (
        <Labelled key={queue.name} label={<span className="clip">{queue.name}</span>}>
          <Lanes messages={queue.messages} />
          <InFlight messages={queue.messages} second={second} />
        </Labelled>
      ))}
      <ul className="legend" aria-label="States of a message">
        {(['waiting', 'locked', 'in_flight', 'deleted'] as const).map((state) => (
          <li key={state}>
            <span className={`cell cell-${state}`}>{STATE_SYMBOLS[state]}</span> {STATE_TEXTS[state]}
          </li>
        ))}
      </ul>
    </div>
  );
}

const STATE_TEXTS: Record<ShownMessage['state'], string> = {
  waiting: 'waits',
  locked: 'waits behind an in-flight message of its group',
  in_flight: 'in flight: hidden from others',
  deleted: 'deleted',
  moved: 'moved to another queue',
  removed: 'removed',
};
const STATE_SYMBOLS: Record<ShownMessage['state'], string> = {
  waiting: ' ',
  locked: '·',
  in_flight: '▸',
  deleted: '✓',
  moved: '↷',
  removed: '×',
};

const MAX_LANES = 12;
/** A longer group shows its latest messages. */
const MAX_CELLS = 20;

function Lanes({ messages }: { messages: readonly ShownMessage[] }) {
  const lanes = [...Map.groupBy(messages, ({ group }) => group)];
  const omitted = lanes.length - MAX_LANES;
  return (
    <>
      {lanes.slice(0, MAX_LANES).map(([group, cells]) => (
        <ul key={group} className="message-lane" aria-label={`Message group ${group || 'none'}`}>
          {cells.slice(-MAX_CELLS).map((message) => (
            <li key={message.id} className={`cell cell-${message.state}`} title={tooltipOf(message)}>
              {`${STATE_SYMBOLS[message.state]} ${message.label}`}
            </li>
          ))}
        </ul>
      ))}
      {omitted > 0 && <Box color="text-body-secondary">{`and ${formatCount(omitted, 'more message group')}`}</Box>}
    </>
  );
}

function tooltipOf({ label, state, by, until, receives }: ShownMessage): string {
  const receiver = state === 'in_flight' ? ` by ${by} until second ${until}` : '';
  return `message ${label}: ${STATE_TEXTS[state]}${receiver}, received ${formatCount(receives, 'time')}`;
}

/** Which consumer has received which messages, and for how long they stay hidden from the others. */
function InFlight({ messages, second }: { messages: readonly ShownMessage[]; second: number }) {
  const inFlight = messages.filter(({ state }) => state === 'in_flight');
  const deliveries = [...Map.groupBy(inFlight, ({ by, until }) => `${by} ${until}`).values()];
  return (
    <ul className="in-flight" aria-label="Messages in flight">
      {deliveries.map((cells) => (
        <li key={cells[0]?.id}>{deliveryText(cells, second)}</li>
      ))}
    </ul>
  );
}

function deliveryText(cells: readonly ShownMessage[], second: number): string {
  const { by = null, until = null } = cells[0] ?? {};
  const remaining = until === null ? '' : ` for ${(until - second).toFixed(1)} s more`;
  return `${by ?? 'a consumer'} has ${labelsText(cells.map(({ label }) => label))} in flight${remaining}`;
}
