import { wantLine } from '../../model/asked-words';
import type { AskedCall, ToolQuestion } from '../../model/tool-call';
import type { Step } from '../../model/workflow';
import type { Question } from './approvals';

/** May an agent do this? Or: did what it had begun happen? */
export function toolQuestion(step: Step, attempt: number, asked: ToolQuestion): Question {
  const calls: readonly AskedCall[] = asked.calls;
  const common = { step, attempt, summary: toolQuestionWords(asked) };
  if (asked.kind === 'policy')
    return {
      ...common,
      kind: 'policy',
      shown: { artifacts: [], calls },
      message:
        'Look at exactly what would be done. Then allow it, refuse it with a word to the agent, leave the step out, or cancel.',
    };
  return {
    ...common,
    kind: 'uncertain',
    shown: { artifacts: [], calls, error: asked.message },
    message:
      'It may have happened already. Look, then say: it happened, do it again, leave the step out, or cancel.',
  };
}

/** What is asked, in one sentence. */
export function toolQuestionWords(asked: ToolQuestion): string {
  return asked.kind === 'uncertain' ? asked.message : `${wantLine(asked.calls)}.`;
}
