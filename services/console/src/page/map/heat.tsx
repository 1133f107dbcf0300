// The heat map of a large job: a cell per message group or per bucket of groups; a click goes to its lanes.
import { type MouseEvent, useEffect, useRef } from 'react';
import type { Heat } from '../../api.ts';
import { useGet } from '../client.ts';
import { formatCount } from '../format.ts';
import { useDark } from '../theme.ts';
import { useWidth } from '../use-width.ts';
import { coloursNow, drawHeat, HEAT_PX, heatColumns, prepareCanvas } from './draw.ts';

interface HeatProps {
  readonly jobId: string;
  readonly version: number;
  readonly onGroup: (group: number) => void;
}

export function HeatMap({ jobId, version, onGroup }: HeatProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(frame);
  const dark = useDark();
  const { data: heat } = useGet<Heat>(`/api/jobs/${jobId}/heat`, version);
  useEffect(() => {
    if (!canvas.current || !heat || width === 0) return;
    const rows = Math.ceil(heat.percent.length / heatColumns(width));
    const context = prepareCanvas(canvas.current, width, rows * HEAT_PX);
    if (context) drawHeat(context, heat, width, coloursNow());
  }, [heat, width, dark]);
  const click = (event: MouseEvent<HTMLCanvasElement>) => {
    if (!heat) return;
    const { offsetX, offsetY } = event.nativeEvent;
    const bucket = Math.floor(offsetY / HEAT_PX) * heatColumns(width) + Math.floor(offsetX / HEAT_PX);
    onGroup(Math.min(bucket * heat.groups_per_bucket, heat.groups - 1));
  };
  return (
    <div className="heat" ref={frame}>
      <canvas ref={canvas} role="img" aria-label={describe(heat)} onClick={click} data-testid="heat" />
    </div>
  );
}

function describe(heat: Heat | undefined): string {
  if (!heat) return 'Heat map, being read';
  const full = heat.percent.filter((percent) => percent === 100).length;
  const each = formatCount(heat.groups_per_bucket, 'message group');
  return `Heat map: ${full} of ${formatCount(heat.percent.length, 'cell')} are full, each ${each}.`;
}
