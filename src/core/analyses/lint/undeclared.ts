import type { Reference } from '../javascript/names';
import type { Script, ScriptRules } from '../javascript/script';

/** Names of JavaScript that nobody declared: slips of the keyboard, and globals made by accident. TypeScript tells its own. */
export const undeclaredRules: ScriptRules = (script) => ({
  Program: () => {
    if (script.file.language !== 'javascript' || script.broken || !script.isModule) return;
    if (/\/\*\s*globals?\s|\bwith\s*\(|\beval\s*\(/.test(script.file.text)) return;
    const declared = new Map<string, string>();
    for (const { name } of script.names.bindings) {
      if (name.length >= 4) declared.set(name.toLowerCase(), name);
    }
    const told = new Set<string>();
    for (const reference of script.names.undeclared) {
      if (told.has(reference.name) || knownGlobals.has(reference.name)) continue;
      if (check(script, reference, declared)) told.add(reference.name);
    }
  },
});

function check(script: Script, reference: Reference, declared: ReadonlyMap<string, string>): boolean {
  if (reference.write && !isGuarded(script, reference.name)) {
    script.report({
      rule: 'lint/undeclared-assignment',
      severity: 'high',
      at: reference.identifier,
      message: `"${reference.name}" is written but declared nowhere, so it becomes a global or throws.`,
      advice: 'Declare it with const or let.',
    });
    return true;
  }
  if (isGuarded(script, reference.name)) return false;
  const near = nearest(reference.name, declared);
  if (near === undefined) return plainlyUnknown(script, reference);
  script.report({
    rule: 'lint/undeclared-name',
    severity: 'high',
    at: reference.identifier,
    message: `"${reference.name}" is declared nowhere in this file; "${near}" is.`,
    advice: 'Correct the name.',
  });
  return true;
}

/** Capitals and underscores mark what hosts and builds bring along; plain words are names of the author's own. */
function plainlyUnknown(script: Script, { name, identifier }: Reference): boolean {
  if (!/^[a-z][A-Za-z0-9]*$/.test(name) || script.file.isTest || !script.ownsGlobals) return false;
  script.report({
    rule: 'lint/undeclared-name',
    severity: 'high',
    at: identifier,
    message: `"${name}" is declared nowhere in this file, and no host brings it along.`,
    advice: 'Import or declare it.',
  });
  return true;
}

/** `typeof name` asks whether it is there; then its absence is expected. */
const isGuarded = (script: Script, name: string): boolean =>
  script.file.text.includes(`typeof ${name}`) || script.file.text.includes(`globalThis.${name}`);

function nearest(name: string, declared: ReadonlyMap<string, string>): string | undefined {
  if (name.length < 4) return undefined;
  const lower = name.toLowerCase();
  const same = declared.get(lower);
  if (same !== undefined) return same;
  for (const [candidate, spelled] of declared) {
    if (candidate.length >= 5 && lower.length >= 5 && isOneSlip(lower, candidate)) return spelled;
  }
  return undefined;
}

/** One letter wrong, missing, too many, or two letters swapped. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const [restA, restB] = [a.slice(at), b.slice(at)];
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}

const knownGlobals: ReadonlySet<string> = new Set(
  (
    'globalThis global window self document location navigator history screen console process Buffer require module ' +
    'exports __dirname __filename undefined NaN Infinity arguments Object Array String Number Boolean Symbol BigInt ' +
    'Function Date Math JSON Promise Proxy Reflect RegExp Error TypeError RangeError SyntaxError EvalError URIError ' +
    'ReferenceError AggregateError Map Set WeakMap WeakSet WeakRef FinalizationRegistry Intl Atomics SharedArrayBuffer ' +
    'ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array ' +
    'Float32Array Float64Array BigInt64Array BigUint64Array parseInt parseFloat isNaN isFinite encodeURI ' +
    'encodeURIComponent decodeURI decodeURIComponent escape unescape eval setTimeout clearTimeout setInterval ' +
    'clearInterval setImmediate clearImmediate queueMicrotask structuredClone fetch Request Response Headers FormData ' +
    'Blob File FileReader URL URLSearchParams AbortController AbortSignal Event EventTarget CustomEvent TextEncoder ' +
    'TextDecoder WebSocket Worker crypto performance localStorage sessionStorage indexedDB alert confirm prompt ' +
    'requestAnimationFrame cancelAnimationFrame XMLHttpRequest Image Audio Node Element HTMLElement Window ' +
    'describe it test expect before after beforeEach afterEach beforeAll afterAll suite setup teardown jest vi cy ' +
    'assert sinon define name event status top parent closed length open close print stop focus blur find origin ' +
    'caches clients skipWaiting registration cookieStore scheduler reportError visualViewport devicePixelRatio innerWidth ' +
    'innerHeight outerWidth outerHeight scrollX scrollY scroll scrollTo scrollBy pageXOffset pageYOffset getComputedStyle ' +
    'matchMedia getSelection moveTo moveBy resizeTo resizeBy frames frameElement opener parent external customElements ' +
    'requestIdleCallback cancelIdleCallback createImageBitmap isSecureContext crossOriginIsolated trustedTypes ' +
    'speechSynthesis onload onerror onclick addEventListener removeEventListener dispatchEvent chrome browser safari ' +
    'WScript gc vscode acquireVsCodeApi electron context specify run xit xdescribe fit fdescribe pending spyOn jasmine ' +
    'inject angular mocha sinon chai should browserslist wx my swan tt uni qq importMeta async undefined key ' +
    'page element by protractor driver ' +
    'WebAssembly atob btoa MessageChannel BroadcastChannel onmessage postMessage importScripts Deno Bun $ jQuery _'
  ).split(' '),
);
