/** Keeps the last `limit` bytes of a stream in a ring, whatever comes. Grows with need, so that quiet commands cost little. */
export class Tail {
  private data = Buffer.alloc(0);
  /** Where the next byte goes. */
  private at = 0;
  private length = 0;
  private total = 0;

  constructor(private readonly limit: number) {}

  get truncated(): boolean {
    return this.total > this.limit;
  }

  push(chunk: Uint8Array): void {
    this.total += chunk.byteLength;
    const part = chunk.byteLength > this.limit ? chunk.subarray(chunk.byteLength - this.limit) : chunk;
    this.grow(this.length + part.byteLength);
    const untilEnd = Math.min(part.byteLength, this.data.byteLength - this.at);
    this.data.set(part.subarray(0, untilEnd), this.at);
    this.data.set(part.subarray(untilEnd), 0);
    this.at = (this.at + part.byteLength) % this.data.byteLength || 0;
    this.length = Math.min(this.data.byteLength, this.length + part.byteLength);
  }

  /** As UTF-8, beginning at a whole character. */
  text(): string {
    const whole =
      this.length < this.data.byteLength
        ? this.data.subarray(0, this.length)
        : Buffer.concat([this.data.subarray(this.at), this.data.subarray(0, this.at)]);
    let start = 0;
    // Bytes 10xxxxxx continue a character whose beginning was cut.
    while (this.truncated && start < 3 && ((whole[start] ?? 0) & 0xc0) === 0x80) start += 1;
    return whole.toString('utf8', start);
  }

  private grow(wanted: number): void {
    if (wanted <= this.data.byteLength || this.data.byteLength === this.limit) return;
    // Until the limit is reached nothing has wrapped around: the bytes lie in order from 0.
    const size = Math.min(this.limit, Math.max(wanted, this.data.byteLength * 2, 4_096));
    const larger = Buffer.alloc(size);
    this.data.copy(larger, 0, 0, this.length);
    this.data = larger;
    this.at = this.length % size;
  }
}
