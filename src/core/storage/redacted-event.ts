/*
 * owns: which parts of an event are content, and may hold a secret, and which are its structure.
 * does not own: finding secrets (redactor).
 * must stay true: whatever a secret looks like, also a word that events are made of, the event stays one that folds;
 * what a decision is bound to is the hash of what is stored.
 */
import { isJsonObject, canonicalJson, type JsonValue } from '../base/json';
import type { Redactor } from '../base/redactor';
import type { Approval, Decision } from '../model/approval';
import type { RunEvent, RunEventBody } from '../model/events';
import type { ApprovalId, Sha256 } from '../model/ids';

/** Names and words that the engine follows: at these keys nothing is content. */
const STRUCTURE: ReadonlySet<string> = new Set([
  ...['type', 'step', 'attempt', 'id', 'key', 'dependsOn', 'runId', 'seq', 'at', 'clientId', 'lines'],
  'startedIn',
  ...['definitionHash', 'shownHash', 'requestHash', 'hash', 'mediaType', 'size', 'rehearsal', 'epoch'],
  ...['mode', 'kind', 'action', 'allow', 'onExpire', 'when', 'on', 'class', 'code', 'fault', 'channel'],
  ...['engine', 'how', 'agent', 'provider', 'routing', 'onError', 'onExceed', 'checkpoint', 'approvals'],
  ...['approvers', 'scope', 'unit', 'call', 'failed', 'tolerated', 'tool', 'rule', 'participant'],
  ...['from', 'to', 'missed', 'priority'],
]);
/** Values of any shape, whose keys are content as well. */
const FREE: ReadonlySet<string> = new Set([
  ...['output', 'inputs', 'answer', 'value', 'extra', 'with', 'default', 'schema', 'env'],
  // Of tools and messages: what models, tools and agents said.
  ...['arguments', 'result', 'effects', 'allowances', 'body', 'data'],
]);
/** Events whose `reason` is a sentence; elsewhere it is a word that is followed. */
const REASON_IS_TEXT: ReadonlySet<string> = new Set(['run-cancelled', 'approval-voided']);

type Body = RunEventBody | RunEvent;

/**
 * The same events without secrets, the very same where there are none. With `sha256`: what was shown at a gate and changed by this is
 * bound anew, and a decision that comes with it is bound to that. Without it, hashes stay those of the record.
 */
export function redactBodies<Event extends Body>(
  bodies: readonly Event[],
  redactor: Redactor,
  sha256?: (text: string) => Sha256,
): readonly Event[] {
  const rebound = new Map<ApprovalId, Sha256>();
  return bodies.map((body) => {
    const clean = content(body, redactor, REASON_IS_TEXT.has(body.type)) as Event;
    if (body.type === 'approval-requested' && clean.type === 'approval-requested') {
      if (sha256 === undefined || clean.approval.shown === body.approval.shown) return clean;
      const shownHash = sha256(canonicalJson(clean.approval.shown));
      rebound.set(clean.approval.id, shownHash);
      const approval: Approval = { ...clean.approval, shownHash };
      return { ...clean, approval };
    }
    if (clean.type === 'approval-decided') {
      const shownHash = rebound.get(clean.id);
      if (shownHash === undefined) return clean;
      const decision: Decision = { ...clean.decision, shownHash };
      return { ...clean, decision };
    }
    return clean;
  });
}

function content(value: unknown, redactor: Redactor, reasonIsText = true): unknown {
  if (typeof value === 'string') return redactor.text(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => content(item, redactor));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  // A gate shows calls, and a call what it would do, in words of its tool.
  const isCall = 'effects' in value;
  let isSame = true;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => {
    const isStructure = STRUCTURE.has(key) || (key === 'reason' && !reasonIsText);
    const clean = isStructure
      ? inner
      : FREE.has(key) || (key === 'shown' && isCall)
        ? freeContent(inner as JsonValue, redactor)
        : content(inner, redactor);
    if (clean !== inner) isSame = false;
    return [key, clean];
  });
  return isSame ? value : Object.fromEntries(entries);
}

/** A result or an argument. The stand-in of a large result goes on naming the artifact that holds it. */
function freeContent(value: JsonValue, redactor: Redactor): JsonValue {
  const clean = redactor.json(value);
  if (clean === value || !isJsonObject(value) || !isJsonObject(clean)) return clean;
  const hash = value['$artifact'];
  const isStandIn =
    typeof hash === 'string' && typeof value['preview'] === 'string' && /^[0-9a-f]{64}$/.test(hash);
  // A hash may happen to hold a short value by chance; one that is a value is none.
  const isSecret = typeof hash === 'string' && /^\[hidden: [^\]]*\]$/.test(redactor.text(hash));
  return isStandIn && !isSecret ? { ...clean, $artifact: hash } : clean;
}
