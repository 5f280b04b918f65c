import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// Files of workspaces for stories: small programs whose steps the test holds and lets go.

/** `node hold.mjs NAME` appends NAME to effects.log, then runs until the file `NAME.go` exists, or the folder is gone. */
const hold = `import { appendFileSync, existsSync, watch } from 'node:fs';
const name = process.argv[2];
appendFileSync('effects.log', name + '\\n');
console.log('Holding ' + name);
const done = () => {
  if (!existsSync('hold.mjs')) process.exit(1);
  if (!existsSync(name + '.go')) return;
  console.log('Let go');
  process.exit(0);
};
watch('.', done);
done();
`;

/** `node note.mjs NAME` appends NAME to effects.log. */
const note = `import { appendFileSync } from 'node:fs';
appendFileSync('effects.log', process.argv[2] + '\\n');
console.log(JSON.stringify({ noted: process.argv[2] }));
`;

/** `node fail.mjs` ends with an error. */
const fail = `console.error('The disk of the build machine is full.');
process.exit(3);
`;

/** What the workflows below run. */
export const programs: Record<string, string> = { 'hold.mjs': hold, 'note.mjs': note, 'fail.mjs': fail };

/** Lets a held step end. */
export async function letGo(folder: string, name: string): Promise<void> {
  await writeFile(join(folder, `${name}.go`), '');
}

/** One step that is done, one that is held, one after it. */
export const heldWorkflow = `name: build-and-publish
steps:
  - key: prepare
    name: Prepare
    run: [node, note.mjs, prepare]
  - key: build
    name: Build
    run: [node, hold.mjs, build]
    dependsOn: [prepare]
  - key: publish
    name: Publish
    run: [node, note.mjs, publish]
    dependsOn: [build]
`;

/** The same, but doing the held step twice does no harm. */
export const harmlessHeldWorkflow = heldWorkflow.replace(
  'run: [node, hold.mjs, build]',
  'run: [node, hold.mjs, build]\n    idempotent: true',
);

/** A gate between two steps. */
export const gatedWorkflow = `name: ship-it
steps:
  - key: pack
    name: Pack
    run: [node, note.mjs, pack]
    approval:
      message: Look at the package before it leaves
  - key: ship
    name: Ship
    run: [node, note.mjs, ship]
    dependsOn: [pack]
`;

/** A held step beside one with a gate, and one after both. */
export const heldAndGatedWorkflow = `name: deliver
steps:
  - key: build
    name: Build
    run: [node, hold.mjs, build]
  - key: pack
    name: Pack
    run: [node, note.mjs, pack]
    approval:
      message: Look at the package before it leaves
  - key: deliver
    name: Deliver
    run: [node, note.mjs, deliver]
    dependsOn: [build, pack]
`;

/** Every state at once: two gates, a failed, a running, a skipped, a finished and a step not started. */
export const crowdedWorkflow = `name: nightly-checks
config:
  parallelism: 6
steps:
  - key: fetch
    name: Fetch the sources
    run: [node, note.mjs, fetch]
  - key: licences
    name: Check licences
    run: [node, note.mjs, licences]
    dependsOn: [fetch]
    approval:
      message: Two packages changed their licence
  - key: secrets
    name: Scan for secrets
    run: [node, note.mjs, secrets]
    dependsOn: [fetch]
    approval: true
  - key: compile
    name: Compile on the build machine
    run: [node, fail.mjs]
    dependsOn: [fetch]
  - key: benchmark
    name: Benchmark
    run: [node, hold.mjs, benchmark]
    dependsOn: [fetch]
  - key: notarize
    name: Notarize
    run: [node, note.mjs, notarize]
    dependsOn: [fetch]
    if: \${{ inputs.release }}
  - key: publish
    name: Publish
    run: [node, note.mjs, publish]
    dependsOn: [licences, secrets, benchmark]
inputs:
  release:
    type: boolean
    default: false
`;

/** `node write.mjs` gives a text and notes the comment that came with a retry. */
const write = `import { appendFileSync } from 'node:fs';
const comment = process.env.BATON_COMMENT;
appendFileSync('effects.log', comment === undefined ? 'written\\n' : 'written again: ' + comment + '\\n');
console.log(JSON.stringify({ text: 'Dear all' }));
`;

/** `node send.mjs` notes what the step before it gave. */
const send = `import { appendFileSync } from 'node:fs';
appendFileSync('effects.log', 'sent ' + JSON.parse(process.env.BATON_OUTPUT_WRITE).text + '\\n');
`;

/** A held step, a gate after the work, a gate before the work. */
export const letter: Record<string, string> = {
  ...programs,
  'write.mjs': write,
  'send.mjs': send,
  'workflows/letter.yaml': `name: letter
steps:
  - key: wait
    name: Wait
    run: [node, hold.mjs, wait]
  - key: write
    name: Write
    run: [node, write.mjs]
    dependsOn: [wait]
    approval: true
  - key: send
    name: Send
    run: [node, send.mjs]
    dependsOn: [write]
    approval:
      when: before
`,
};
