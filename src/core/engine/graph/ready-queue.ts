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

  /** The first that is not held back; those that are keep their places. */
  shift(isHeldBack: (key: StepKey) => boolean): StepKey | undefined {
    const key = this.keys[this.first];
    if (key === undefined) return undefined;
    if (isHeldBack(key)) {
      const at = this.keys.findIndex((one, index) => index > this.first && !isHeldBack(one));
      return at < 0 ? undefined : this.keys.splice(at, 1)[0];
    }
    this.first += 1;
    if (this.first === this.keys.length) {
      this.keys = [];
      this.first = 0;
    }
    return key;
  }
}
