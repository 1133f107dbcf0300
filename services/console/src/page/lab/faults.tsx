// Faults on demand: presets by name, one rule by its parts, what is in force, and how often it has struck.
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { AddFaults, FaultsView } from '../../learn-api.ts';
import { post } from '../client.ts';
import { DataTable } from '../data-table.tsx';
import { count } from '../format.ts';
import { Empty, Failed, Loading } from '../parts.tsx';
import { FaultForm } from './fault-form.tsx';
import { useAction } from './use-action.ts';
import { useOften } from './use-often.ts';

type Rule = FaultsView['rules'][number];

export function FaultsBox() {
  const { data, error: unread, reload } = useOften<FaultsView>('/api/lab/faults');
  const { act, busy, error } = useAction();
  const change = (path: string, body: object) =>
    act(async () => {
      await post(path, body);
      reload();
    });
  const add = (body: AddFaults) => void change('/api/lab/faults', body);
  const clear = (id?: number) => void change('/api/lab/faults/clear', id === undefined ? {} : { id });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Calls of the embedded AWS are late, fail, or lose their answers, for producer, consumers and this page alike."
          actions={
            <Button disabled={busy || (data?.rules.length ?? 0) === 0} onClick={() => clear()}>
              Remove all
            </Button>
          }
        >
          Faults
        </Header>
      }
    >
      {unread && <Failed error={unread} retry={reload} />}
      {data === undefined && !unread && <Loading what="the faults" />}
      {data !== undefined && (
        <SpaceBetween size="m">
          <Presets presets={data.presets} busy={busy} onAdd={(preset) => add({ preset })} />
          <FaultForm busy={busy} onAdd={add} />
          {error !== null && <Alert type="error">{error}</Alert>}
          <Rules rules={data.rules} busy={busy} onRemove={clear} />
        </SpaceBetween>
      )}
    </Container>
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
    <FormField
      label="Preset"
      description={chosen?.about}
      secondaryControl={
        <Button disabled={busy || chosen === undefined} onClick={() => onAdd(name)}>
          Add the preset
        </Button>
      }
    >
      <Select
        selectedOption={{ value: name, label: name }}
        options={presets.map((preset) => ({ value: preset.name, label: preset.name, description: preset.about }))}
        onChange={({ detail }) => setName(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}

interface RulesProps {
  readonly rules: readonly Rule[];
  readonly busy: boolean;
  readonly onRemove: (id: number) => void;
}

function Rules({ rules, busy, onRemove }: RulesProps) {
  const columns: TableProps.ColumnDefinition<Rule>[] = [
    { id: 'operation', header: 'Calls', isRowHeader: true, cell: ({ operation }) => <code>{operation}</code> },
    { id: 'what', header: 'What happens', cell: ({ what_happens }) => what_happens },
    { id: 'often', header: 'How often', cell: ({ how_often }) => how_often },
    { id: 'struck', header: 'Struck', cell: ({ struck }) => count(struck) },
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
      items={rules}
      columnDefinitions={columns}
      trackBy={({ id }) => String(id)}
      wrapLines
      label="Fault rules in force"
      header={<Header variant="h3">In force</Header>}
      empty={<Empty title="No rule is in force">Nothing fails on purpose.</Empty>}
    />
  );
}
