// The layout of the pipeline's drawing: horizontal in a wide window, vertical in a narrow one.

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

interface ArrowPlace {
  readonly path: string;
  /** The arrowhead's position, and its rotation from pointing right, in degrees. */
  readonly tip: readonly [x: number, y: number, rotation: number];
  /** The middle of its title; the count is below. */
  readonly label: readonly [x: number, y: number];
}

export type BoxName = 'producer' | 'queue' | 'consumers' | 'dynamodb' | 's3' | 'dlq';
export type StepId =
  | 'send'
  | 'receive'
  | 'store'
  | 'count'
  | 'read'
  | 'assemble'
  | 'delete'
  | 'dead-letter'
  | 'redrive';

export interface FlowLayout {
  readonly viewBox: string;
  readonly boxes: Readonly<Record<BoxName, Place>>;
  readonly arrows: Readonly<Record<StepId, ArrowPlace>>;
}

export const BOX_HEIGHT = 80;

export const HORIZONTAL: FlowLayout = {
  viewBox: '0 24 960 392',
  boxes: {
    producer: { x: 20, y: 160, width: 150 },
    queue: { x: 260, y: 160, width: 170 },
    consumers: { x: 530, y: 160, width: 160 },
    dynamodb: { x: 790, y: 60, width: 150 },
    s3: { x: 790, y: 300, width: 150 },
    dlq: { x: 260, y: 320, width: 170 },
  },
  arrows: {
    send: { path: 'M170,200 H248', tip: [248, 200, 0], label: [208, 170] },
    receive: { path: 'M430,182 H518', tip: [518, 182, 0], label: [480, 154] },
    store: { path: 'M690,170 C735,170 725,76 778,76', tip: [778, 76, 0], label: [704, 94] },
    count: { path: 'M690,190 C756,190 740,102 778,102', tip: [778, 102, 0], label: [776, 158] },
    read: { path: 'M880,140 C880,230 800,212 702,212', tip: [702, 212, 180], label: [860, 224] },
    assemble: { path: 'M690,230 C740,230 730,340 778,340', tip: [778, 340, 0], label: [700, 310] },
    delete: { path: 'M530,222 H442', tip: [442, 222, 180], label: [482, 242] },
    'dead-letter': { path: 'M580,240 C580,360 520,360 442,360', tip: [442, 360, 180], label: [612, 340] },
    redrive: { path: 'M320,320 V252', tip: [320, 252, -90], label: [276, 284] },
  },
};

export const VERTICAL: FlowLayout = {
  viewBox: '0 0 320 730',
  boxes: {
    producer: { x: 85, y: 4, width: 150 },
    queue: { x: 75, y: 144, width: 170 },
    consumers: { x: 80, y: 294, width: 160 },
    dynamodb: { x: 22, y: 500, width: 142 },
    s3: { x: 174, y: 500, width: 120 },
    dlq: { x: 75, y: 640, width: 170 },
  },
  arrows: {
    send: { path: 'M160,84 V132', tip: [160, 132, 90], label: [210, 108] },
    receive: { path: 'M125,224 V282', tip: [125, 282, 90], label: [78, 250] },
    delete: { path: 'M200,294 V236', tip: [200, 236, -90], label: [250, 256] },
    store: { path: 'M95,374 C95,400 42,400 42,440 V488', tip: [42, 488, 90], label: [48, 404] },
    count: { path: 'M120,374 C120,410 92,410 92,440 V488', tip: [92, 488, 90], label: [84, 442] },
    read: { path: 'M142,500 V440 C142,420 150,410 150,386', tip: [150, 386, -90], label: [156, 470] },
    assemble: { path: 'M205,374 C205,410 240,410 240,440 V488', tip: [240, 488, 90], label: [242, 430] },
    'dead-letter': {
      path: 'M240,346 C290,346 308,356 308,400 V640 C308,680 296,680 256,680',
      tip: [256, 680, 180],
      label: [278, 322],
    },
    redrive: { path: 'M75,680 C20,680 10,680 10,640 V224 C10,184 24,184 63,184', tip: [63, 184, 0], label: [44, 330] },
  },
};
