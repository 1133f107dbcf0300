// Faults on demand: presets by name, a form for one rule, and the active rules with how many calls each affected.
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import type { AddFaults, FaultsView } from '../../learn-api.ts';
import { post } from '../client.ts';
import { DataTable } from '../data-table.tsx';
import type { Columns } from '../data-table-props.ts';
import { ChoiceField } from '../fields.tsx';
import { formatNumber } from '../format.ts';
import { Section } from '../layout.tsx';
import { Empty, Read } from '../parts.tsx';
import { useAction } from '../use-action.ts';
import { FaultForm } from './fault-form.tsx';
import { usePolling } from './use-polling.ts';

type Rule = FaultsView['rules'][number];

export function FaultsBox() {
  const read = usePolling<FaultsView>('/api/lab/faults');
  const { act, busy, error } = useAction();
  const change = (path: string, body: object) =>
    act(async () => {
      await post(path, body);
      read.reload();
    });
  const add = (body: AddFaults) => void change('/api/lab/faults', body);
  const clear = (id?: number) => void change('/api/lab/faults/clear', id === undefined ? {} : { id });
  return (
    <Section
      title="Faults"
      description="Calls of the embedded AWS are late, fail, or lose their answers, for producer, consumers and this page alike."
      actions={
        <Button disabled={busy || !read.data?.rules.length} onClick={() => clear()}>
          Remove all
        </Button>
      }
    >
      <Read from={read} what="the faults">
        {({ presets, rules }) => (
          <>
            <Presets presets={presets} busy={busy} onAdd={(preset) => add({ preset })} />
            <FaultForm busy={busy} onAdd={add} />
            {error !== null && <Alert type="error">{error}</Alert>}
            <Rules rules={rules} busy={busy} onRemove={clear} />
          </>
        )}
      </Read>
    </Section>
  );
}

interface PresetsProps {
  readonly presets: FaultsView['presets'];
  readonly busy: boolean;
  readonly onAdd: (preset: string) => void;
}

function Presets({ presets, busy, onAdd }: PresetsProps) {
  const [name, setName] = useState(presets[0]?.name ?? '');
  const chosen = presets.find((preset) => preset.name === name);
  return (
    <ChoiceField
      label="Preset"
      description={chosen?.about}
      secondaryControl={
        <Button disabled={busy || chosen === undefined} onClick={() => onAdd(name)}>
          Add the preset
        </Button>
      }
      options={presets.map((preset) => ({ value: preset.name, label: preset.name, description: preset.about }))}
      value={name}
      onChange={setName}
    />
  );
}

function Rules({ rules, busy, onRemove }: { rules: readonly Rule[]; busy: boolean; onRemove: (id: number) => void }) {
  const columns: Columns<Rule> = [
    { id: 'operation', header: 'Calls', isRowHeader: true, cell: ({ operation }) => <code>{operation}</code> },
    { id: 'what', header: 'What happens', cell: ({ what_happens }) => what_happens },
    { id: 'often', header: 'How often', cell: ({ how_often }) => how_often },
    { id: 'struck', header: 'Affected calls', cell: ({ struck }) => formatNumber(struck) },
    {
      id: 'remove',
      header: 'Remove',
      cell: ({ id, operation }) => (
        <Button
          variant="inline-icon"
          iconName="close"
          disabled={busy}
          ariaLabel={`Remove rule ${id} of ${operation}`}
          onClick={() => onRemove(id)}
        />
      ),
    },
  ];
  return (
    <DataTable
      variant="embedded"
      title="Active rules"
      items={rules}
      columnDefinitions={columns}
      trackBy={({ id }) => String(id)}
      wrapLines
      label="Active fault rules"
      empty={<Empty title="No active rules">Nothing fails on purpose.</Empty>}
    />
  );
}
