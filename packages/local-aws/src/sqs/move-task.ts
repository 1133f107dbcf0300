// A running or finished StartMessageMoveTask.

export interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
}
