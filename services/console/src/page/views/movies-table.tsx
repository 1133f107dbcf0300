// A table of movies. Its texts come from messages and are always shown as plain text.
import type { ReactNode } from 'react';
import type { MovieRow } from '../../api.ts';
import { DataTable } from '../data-table.tsx';
import type { Columns } from '../data-table-props.ts';

const text = (value: string) => <span className="clip">{value}</span>;
const COLUMNS: Columns<MovieRow> = [
  { id: 'index', header: 'Number', cell: (movie) => movie.index },
  { id: 'title', header: 'Title', isRowHeader: true, minWidth: 160, cell: (movie) => text(movie.title) },
  { id: 'year', header: 'Year', cell: (movie) => movie.year },
  { id: 'actor', header: 'Actor', minWidth: 140, cell: (movie) => text(movie.actor) },
  { id: 'director', header: 'Director', minWidth: 140, cell: (movie) => text(movie.director) },
  { id: 'id', header: 'Movie id', minWidth: 140, cell: (movie) => text(movie.movie_id) },
];

interface MoviesTableProps {
  readonly movies: readonly MovieRow[];
  readonly title: string;
  readonly loading?: boolean;
  readonly filter?: ReactNode;
  readonly pagination?: ReactNode;
  readonly footer?: ReactNode;
  readonly empty?: ReactNode;
}

export function MoviesTable({ movies, loading = false, ...slots }: MoviesTableProps) {
  return (
    <DataTable
      items={movies}
      columnDefinitions={COLUMNS}
      trackBy={(movie) => String(movie.index)}
      contentDensity="compact"
      wrapLines
      loading={loading}
      loadingText="Reading movies"
      {...slots}
    />
  );
}
