import type { FolderAction } from '../../../analyses/analysis';
import { isFolderAction, resolveAction } from '../../local-actions';
import type { ToolsOfAgent } from '../agent-at-work';
import { runAnalysisTool, type AnalysisToolOptions } from './run-analysis-tool';

/**
 * What the local engine can do, as a tool: offered where the step's action is an analysis of the folder, and to agents whose profile
 * names such analyses among their actions; for exactly these.
 */
export function createLocalTools(options: Omit<AnalysisToolOptions, 'actions'> = {}): ToolsOfAgent {
  return ({ task, profile }) => {
    const named = [
      ...(task.step.action === undefined ? [] : [task.step.action]),
      ...(profile?.actions ?? []),
    ];
    const actions = [...new Set(named.flatMap(analysisOf))];
    return actions.length === 0 ? [] : [runAnalysisTool({ ...options, actions })];
  };
}

function analysisOf(name: string): FolderAction[] {
  const action = resolveAction(name)?.name;
  return action !== undefined && isFolderAction(action) ? [action] : [];
}
