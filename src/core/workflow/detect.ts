import { isWorkflowPath } from './workflow-path';

/** How much of a file is looked at. */
export const DETECT_BYTES = 4096;

const OWN_KEYS = /^(?:steps|phases)\s*:/m;
const JSON_KEYS = /^\s*\{[^]*?"(?:steps|phases)"\s*:\s*\[/;
const STEP_WORDS =
  /(?:^|[\s{,[-])["']?(?:agent|agent_type|action|method|prompt|run|dependsOn|depends_on|dependencies|needs|approval|approval_required)["']?\s*:/m;
/** Files of other tools that also have `steps:`. */
const FOREIGN =
  /^(?:on|jobs|pool|trigger|stages|apiVersion|kind|pipelines|image|services|version\s*:\s*["']?2(?:\.\d)?["']?\s*\norbs)\s*:/m;

/**
 * Whether the beginning of a YAML or JSON text looks like a workflow: cheap, so that hundreds of files can be asked.
 * It decides what is offered in menus; the parser decides what is right.
 */
export function looksLikeWorkflow(text: string): boolean {
  const head = text.slice(0, DETECT_BYTES);
  if (/^\s*\{/.test(head)) return JSON_KEYS.test(head) && STEP_WORDS.test(head);
  return OWN_KEYS.test(head) && STEP_WORDS.test(head) && !FOREIGN.test(head);
}

/** Whether a file is a workflow: by its path, and by its content where the path leaves it open. */
export function isWorkflowFile(path: string, text: string): boolean {
  const byPath = isWorkflowPath(path);
  return byPath === 'own' || (byPath === 'maybe' && looksLikeWorkflow(text));
}
