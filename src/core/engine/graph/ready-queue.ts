import type { StepKey } from '../../model/ids';

/** Steps whose turn has come, first come first served. Taking one costs the same however many wait. */
export class ReadyQueue {
  private keys: StepKey[] = [];
  private first = 0;

  get isEmpty(): boolean {
    return this.first >= this.keys.length;
  }

  push(...keys: readonly StepKey[]): void {
    this.keys.push(...keys);
  }

  shift(): StepKey | undefined {
    const key = this.keys[this.first];
    if (key === undefined) return undefined;
    this.first += 1;
    if (this.first === this.keys.length) {
      this.keys = [];
      this.first = 0;
    }
    return key;
  }
}
