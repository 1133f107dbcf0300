// `movie-load tables`: lists the tables of DynamoDB.
import { listTables, type TableFacts } from '@movie-load/aws';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../command.ts';
import { formatBytes, formatNumber } from '../format.ts';
import { printResult, tableOf } from '../output.ts';
import { withSession } from '../session.ts';

export const addTo = defineCommand('tables', {
  about: 'List the DynamoDB tables.',
  options: [jsonOption, awsOption],
  examples: ['npm run movie-load -- tables', 'npm run movie-load -- tables --json'],
  run: showTables,
});

async function showTables(options: CommonOptions): Promise<number> {
  return withSession(options, async ({ clients, signal }) => {
    const tables = await listTables(clients.dynamodb, { signal });
    return printResult(
      options,
      { tables },
      () => `${tablesText(tables)}\nAWS counts items and bytes again every six hours.`,
    );
  });
}

const tablesText = (tables: readonly TableFacts[]): string =>
  tableOf(tables, [
    { title: 'TABLE', cell: ({ name }) => name },
    { title: 'STATUS', cell: ({ status }) => status },
    { title: 'ITEMS', right: true, cell: ({ items }) => formatNumber(items) },
    { title: 'SIZE', right: true, cell: (table) => formatBytes(table.bytes) },
    { title: 'INDEXES', cell: ({ indexes }) => indexes.join(', ') || '–' },
  ]);
