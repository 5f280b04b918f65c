import { openRunStore } from '../../src/core/storage/journal-run-store';
import { MemoryDisk, MemoryRunStore } from '../../src/core/storage/memory-run-store';
import { raiseEpoch } from '../../src/core/storage/epoch';
import { createTestHost, temporaryFolder } from '../support/node-host';
import { describeRunStore } from './run-store';

const host = createTestHost();

describeRunStore('the journal', async () => {
  const folder = await temporaryFolder();
  return {
    open: async () => openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) }),
    cleanUp: folder.remove,
  };
});

describeRunStore('the store in memory', async () => {
  const disk = new MemoryDisk('memory');
  return {
    open: async () => new MemoryRunStore(disk, { sha256: (data) => host.sha256(data) }),
    cleanUp: async () => {},
  };
});
