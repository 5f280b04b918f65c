/*
 * owns: which files make up the journal and in what order they count.
 * must stay true: walking twice gives the same entries as long as nobody writes.
 */
import type { Host } from '../host';
import { decodeLine, FORMAT_VERSION, type SegmentHeader } from './record';
import {
  parseSegmentName,
  scanSegment,
  type Position,
  type SegmentEntry,
  type SegmentScan,
  type Span,
} from './segment';

/** One segment as it counts: up to `size` where a later segment says so, else all of it. */
export interface ChainLink {
  readonly name: string;
  readonly header: SegmentHeader | undefined;
  /** Bytes that count, when a later segment has sealed this one. */
  readonly sealedSize: number | undefined;
  readonly isLast: boolean;
}

export interface WalkedSegment {
  readonly link: ChainLink;
  readonly entries: readonly SegmentEntry[];
  readonly end: number;
  /** Only of the last segment: what is not whole (yet). */
  readonly tail: SegmentScan['tail'];
  /** A sealed segment that is shorter than it was. */
  readonly missingBytes: number;
}

const HEADER_BYTES = 1024;

export class JournalFiles {
  readonly folder: string;

  constructor(
    private readonly host: Host,
    stateFolder: string,
  ) {
    this.folder = host.files.join(stateFolder, 'journal');
  }

  pathOf(segment: string): string {
    return this.host.files.join(this.folder, segment);
  }

  async names(): Promise<string[]> {
    const entries = await this.host.files.list(this.folder);
    return entries.map((entry) => entry.name).filter((name) => parseSegmentName(name) !== undefined);
  }

  /**
   * The segments in the order they count, from `first` on. Each names the one before it, so a segment that an earlier owner
   * began after it was replaced is named by nobody and does not count.
   */
  async chain(
    first?: string,
  ): Promise<{ readonly links: readonly ChainLink[]; readonly findings: string[] }> {
    const names = (await this.names()).filter((name) => first === undefined || name >= first);
    const findings: string[] = [];
    const links: ChainLink[] = [];
    let wanted: { name: string; size: number } | undefined;
    for (let index = names.length - 1; index >= 0; index -= 1) {
      const name = names[index] ?? '';
      if (wanted !== undefined && name > wanted.name) {
        findings.push(`${name} was written by an owner that had been replaced, and does not count.`);
        continue;
      }
      if (wanted !== undefined && name < wanted.name)
        findings.push(`${wanted.name} of the journal is missing.`);
      const header = await this.header(name);
      links.unshift({
        name,
        header,
        sealedSize: wanted?.name === name ? wanted.size : undefined,
        isLast: links.length === 0,
      });
      wanted = header?.previous;
    }
    if (wanted !== undefined && (first === undefined || wanted.name >= first))
      findings.push(`${wanted.name} of the journal is missing.`);
    return { links, findings };
  }

  /** Reads one segment from an offset on, up to `to` or as far as it counts. */
  async walk(
    sha256: Host['sha256'],
    link: ChainLink,
    from = 0,
    to = link.sealedSize,
  ): Promise<WalkedSegment> {
    const whole = to === undefined ? undefined : Math.max(0, to - from);
    const bytes =
      (await this.host.files.read(this.pathOf(link.name), {
        start: from,
        ...(whole !== undefined && { length: whole }),
      })) ?? new Uint8Array();
    const scan = scanSegment(sha256, bytes, from);
    const missingBytes = whole === undefined ? 0 : whole - bytes.byteLength;
    if (scan.tail === undefined || link.isLast) return { link, ...scan, tail: scan.tail, missingBytes };
    // A later segment says that these bytes counted: what is not whole here was damaged afterwards.
    const damage: SegmentEntry = { kind: 'damage', reason: 'cut or damaged', ...scan.tail };
    return { link, entries: [...scan.entries, damage], end: scan.tail.to, tail: undefined, missingBytes };
  }

  /** The entries of a part of a segment. */
  async readSpan(sha256: Host['sha256'], span: Span): Promise<SegmentScan> {
    const bytes = await this.host.files.read(this.pathOf(span.segment), {
      start: span.from,
      length: span.to - span.from,
    });
    return scanSegment(sha256, bytes ?? new Uint8Array(), span.from);
  }

  private async header(name: string): Promise<SegmentHeader | undefined> {
    const bytes = await this.host.files.read(this.pathOf(name), { start: 0, length: HEADER_BYTES });
    const newline = bytes?.indexOf(0x0a) ?? -1;
    if (bytes === undefined || newline < 0) return undefined;
    const decoded = decodeLine((data) => this.host.sha256(data), bytes.subarray(0, newline));
    return decoded.kind === 'header' && decoded.header.v <= FORMAT_VERSION ? decoded.header : undefined;
  }
}

/** Order of two places of one chain. */
export function isBefore(a: Position, b: Position): boolean {
  return a.segment === b.segment ? a.offset < b.offset : a.segment < b.segment;
}
