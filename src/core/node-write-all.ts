import { BatonError } from './model/errors';

/** The part of a file handle that writing needs; a test lends one that writes short. */
export interface WritableHandle {
  write(data: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>;
  stat(): Promise<{ readonly size: number }>;
}

/**
 * Writes all bytes, however short each single write is, and checks that the file grew by as many:
 * a nearly full disk takes a part of a write and reports no error.
 */
export async function writeAll(handle: WritableHandle, data: Uint8Array, sizeBefore: number): Promise<void> {
  let written = 0;
  while (written < data.byteLength) {
    const { bytesWritten } = await handle.write(data, written, data.byteLength - written);
    if (bytesWritten <= 0) throw new BatonError('short-write', 'The disk took none of the bytes');
    written += bytesWritten;
  }
  const { size } = await handle.stat();
  if (size !== sizeBefore + data.byteLength) {
    throw new BatonError(
      'short-write',
      `The file should be ${sizeBefore + data.byteLength} bytes long but is ${size}`,
    );
  }
}
