import { failure, MOST_FAILURES, type Place, type TestFailure, type TestResults } from './test-results';
import { readXml, type XmlElement } from './xml';

/** The report that Maven (surefire), Gradle, pytest and most others write. Undefined when it is no such report. */
export function readJunitXml(text: string): TestResults | undefined {
  const root = readXml(text);
  if (root === undefined || !/^testsuites?$/.test(root.name)) return undefined;
  let [passed, failed, skipped] = [0, 0, 0];
  const failures: TestFailure[] = [];
  for (const test of testsBelow(root)) {
    const fault = test.children.find((child) => child.name === 'failure' || child.name === 'error');
    if (fault !== undefined) {
      failed++;
      if (failures.length < MOST_FAILURES) failures.push(failureOf(test, fault));
    } else if (test.children.some((child) => child.name === 'skipped')) skipped++;
    else passed++;
  }
  return { format: 'junit-xml', counts: { passed, failed, skipped }, failures };
}

/** Several reports as one: Maven and Gradle write one file for each class. */
export function mergeResults(all: readonly TestResults[]): TestResults | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  const sum = (pick: (one: TestResults) => number) => all.reduce((total, one) => total + pick(one), 0);
  return {
    format: first.format,
    counts: {
      passed: sum((one) => one.counts.passed),
      failed: sum((one) => one.counts.failed),
      skipped: sum((one) => one.counts.skipped),
    },
    failures: all.flatMap((one) => one.failures).slice(0, MOST_FAILURES),
  };
}

function testsBelow(root: XmlElement): XmlElement[] {
  const found: XmlElement[] = [];
  const waiting = [root];
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    if (element.name === 'testcase') found.push(element);
    // Last in, first out: reversed, so that tests stay in their order.
    else waiting.push(...[...element.children].reverse());
  }
  return found;
}

function failureOf(test: XmlElement, fault: XmlElement): TestFailure {
  const owner = test.attributes.get('classname') ?? '';
  const title = test.attributes.get('name') ?? 'a test without a name';
  const name = owner === '' ? title : `${owner} > ${title}`;
  const message = fault.attributes.get('message') ?? fault.text;
  return failure(name, message === '' ? (fault.attributes.get('type') ?? 'failed') : message, {
    ...placeOf(fault.text, owner),
    ...writtenPlace(test),
  });
}

/** Some writers tell the place of the test itself. */
function writtenPlace(test: XmlElement): Place {
  const file = test.attributes.get('file');
  const line = test.attributes.get('line');
  return file === undefined || line === undefined ? {} : { file, line: Number(line) };
}

function placeOf(trace: string, owner: string): Place {
  const simple = owner.slice(owner.lastIndexOf('.') + 1).replace(/\$.*$/, '');
  const frames = [
    ...trace.matchAll(/\bat ([\w.$/]{1,300})\(([\w$]{1,200}\.(?:java|kt|groovy|scala)):(\d{1,7})\)/g),
  ];
  const own = frames.find((frame) => simple !== '' && frame[2]?.startsWith(`${simple}.`)) ?? frames[0];
  if (own !== undefined) {
    const folder = (own[1] ?? '').split('/').at(-1)?.split('.').slice(0, -2).join('/') ?? '';
    return { file: folder === '' ? own[2] : `${folder}/${own[2]}`, line: Number(own[3]) };
  }
  const python = [...trace.matchAll(/^([^\s:][^:\n]{0,300}\.py):(\d{1,7}): /gm)].at(-1);
  return python === undefined ? {} : { file: python[1], line: Number(python[2]) };
}
