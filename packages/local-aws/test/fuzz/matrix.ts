// Which kinds of hostile requests were sent to which operations, as a text table.

export function describeMatrix(matrix: ReadonlyMap<string, ReadonlyMap<string, number>>): string {
  const kinds = [...new Set([...matrix.values()].flatMap((row) => [...row.keys()]))].toSorted();
  const width = Math.max(...[...matrix.keys()].map((name) => name.length));
  const letters = kinds.map((_, i) => String.fromCharCode(i < 26 ? 97 + i : 39 + i));
  const legend = kinds.map((kind, i) => `${letters[i]} ${kind}`).join(' · ');
  const head = ' '.repeat(width) + letters.map((letter) => letter.padStart(3)).join('');
  const rows = [...matrix.keys()]
    .toSorted()
    .map(
      (name) =>
        name.padEnd(width) + kinds.map((kind) => String(matrix.get(name)?.get(kind) ?? '').padStart(3)).join(''),
    );
  return [legend, head, ...rows].join('\n');
}
