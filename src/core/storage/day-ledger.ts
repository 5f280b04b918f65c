/*
 * owns: the file in which a day's spending on models is written down, one for the person on this machine.
 * does not own: what its lines mean (day-book).
 * must stay true: a call may leave only after its reservation stands in the file and counts there; lines are only ever appended,
 * so that any number of processes may write.
 */
import { Emitter } from '../base/emitter';
import type { Host } from '../host';
import { BatonError, messageOf } from '../model/errors';
import type { ModelRef, WorstCase } from '../model/model-call';
import { DayBook, type DayLine } from './day-book';
import type { DayAnswer, DayCap, DayLedger, DayReservation, DaySummary } from './day-spending';
import { notesFolder } from './home';

const NEWLINE = 0x0a;

/** `<state home>/baton/spending/<local date>.jsonl`. Nothing is read or written before it is first needed. */
export function openDayLedger(host: Host): DayLedger {
  return new FileDayLedger(host);
}

class FileDayLedger implements DayLedger {
  private page: Page | undefined;
  /** One at a time in this process; between processes the order of the lines decides. */
  private last: Promise<unknown> = Promise.resolve();
  private readonly change = new Emitter<void>();
  readonly onDidChange = this.change.event;
  underWay = 0;
  private hasWarned = false;

  constructor(private readonly host: Host) {}

  reserve({ provider, model }: ModelRef, worst: WorstCase, cap: DayCap | undefined): Promise<DayAnswer> {
    const hasCap = cap?.usd !== undefined || cap?.tokens !== undefined;
    return this.inTurn(async () => {
      const page = this.pageOfToday();
      const id = this.host.ids.next();
      const line: DayLine = {
        type: 'reserve',
        id,
        at: this.host.clock.now(),
        provider,
        model,
        tokens: worst.inputTokens + worst.outputTokens,
        ...(worst.usd !== undefined && { usd: worst.usd }),
        ...(hasCap && { cap }),
      };
      try {
        await page.append(line, hasCap);
      } catch (error) {
        if (hasCap) throw notKept(error);
        this.warn(error);
        return { reservation: unwritten };
      }
      const shortage = page.book.shortageOf(id);
      if (shortage === undefined) {
        this.underWay += 1;
        return { reservation: this.reservation(page, id) };
      }
      // It does not count in any case; the line is for people who read the file.
      await page.append({ type: 'release', id }, false).catch((error: unknown) => this.warn(error));
      return { shortage };
    });
  }

  raise(unit: 'usd' | 'tokens', cap: number): Promise<void> {
    return this.inTurn(async () => {
      try {
        await this.pageOfToday().append({ type: 'raise', id: this.host.ids.next(), unit, cap }, true);
      } catch (error) {
        throw notKept(error);
      }
      this.change.fire();
    });
  }

  today(): Promise<DaySummary> {
    return this.inTurn(async () => {
      const page = this.pageOfToday();
      await page.catchUp().catch((error: unknown) => this.warn(error));
      return page.book.summary();
    });
  }

  private reservation(page: Page, id: string): DayReservation {
    let isOpen = true;
    const end = async (line: DayLine): Promise<void> => {
      if (!isOpen) return;
      isOpen = false;
      await this.inTurn(async () => {
        // A lost line leaves the worst case booked, which no cap minds.
        await page.append(line, false).catch((error: unknown) => this.warn(error));
        this.underWay -= 1;
        this.change.fire();
      });
    };
    return {
      settle: ({ inputTokens, outputTokens, usd, estimated }) =>
        end({
          type: 'settle',
          id,
          tokens: inputTokens + outputTokens,
          ...(usd !== undefined && { usd }),
          ...(estimated && { estimated }),
        }),
      release: () => end({ type: 'release', id }),
    };
  }

  /** A call that goes on over midnight is settled where it was reserved. */
  private pageOfToday(): Page {
    const date = localDate(this.host.clock.now());
    if (this.page?.book.date !== date) this.page = new Page(this.host, date);
    return this.page;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => {});
    return done;
  }

  private warn(error: unknown): void {
    if (!this.hasWarned)
      this.host.log.warn(`What is spent today cannot be written down: ${messageOf(error)}`);
    this.hasWarned = true;
  }
}

/** One day's file, as far as it was read. */
class Page {
  book: DayBook;
  private readonly path: string;
  private read = 0;
  /** The beginning of a line whose end is not there. */
  private rest: Uint8Array = new Uint8Array();
  private told = 0;

  constructor(
    private readonly host: Host,
    private readonly date: string,
  ) {
    this.book = new DayBook(date);
    this.path = host.files.join(notesFolder(host), 'spending', `${date}.jsonl`);
  }

  /** Resolves when the line stands in the file and everything before it is known. */
  async append(line: DayLine, synced: boolean): Promise<void> {
    await this.catchUp();
    // After half a line of a process that died, or whose disk was full, the next one needs a line of its own.
    const text = `${this.rest.byteLength > 0 ? '\n' : ''}${JSON.stringify(line)}\n`;
    const file = await this.host.files.openAppend(this.path);
    try {
      await file.write(new TextEncoder().encode(text)).catch((error: unknown) => {
        // Another process wrote at the same moment, so the file grew by more than this: reading it tells whether it is there.
        if (!(error instanceof BatonError) || error.code !== 'short-write') throw error;
      });
      if (synced) await file.sync();
    } finally {
      await file.close();
    }
    const before = this.book.has(line.id) && line.type !== 'reserve' && line.type !== 'raise';
    await this.catchUp();
    if (before || this.book.has(line.id)) return;
    // A person may have removed the file, which begins anew with this line.
    await this.readAnew();
    if (!this.book.has(line.id)) throw new BatonError('short-write', `A line did not get into ${this.path}.`);
  }

  async catchUp(): Promise<void> {
    const more = await this.host.files.read(this.path, { start: this.read });
    if (more === undefined || more.byteLength === 0) return;
    this.read += more.byteLength;
    const bytes = new Uint8Array(this.rest.byteLength + more.byteLength);
    bytes.set(this.rest);
    bytes.set(more, this.rest.byteLength);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    this.rest = bytes.slice(end);
    for (const text of new TextDecoder().decode(bytes.subarray(0, end)).split('\n'))
      if (text.trim() !== '') this.book.add(text);
    if (this.book.corrupt === this.told) return;
    this.told = this.book.corrupt;
    this.host.log.warn(`${this.path}: ${this.told} line(s) could not be read and do not count.`);
  }

  private async readAnew(): Promise<void> {
    this.book = new DayBook(this.date);
    this.read = 0;
    this.rest = new Uint8Array();
    this.told = 0;
    await this.catchUp();
  }
}

const unwritten: DayReservation = { settle: () => Promise.resolve(), release: () => Promise.resolve() };

function notKept(error: unknown): BatonError {
  const why = messageOf(error);
  return new BatonError('no-ledger', `The cap for today cannot be kept, so no model is asked: ${why}`, {
    cause: error,
  });
}

/** Days begin at the person's own midnight. */
function localDate(now: number): string {
  const date = new Date(now);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
