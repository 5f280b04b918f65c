/*
 * owns: the local engine's rules as a tool: a model reasons over what was found by code.
 * must stay true: nothing is told that was not computed from the files; nothing is changed and no program started.
 */
import { toJson, type JsonObject, type JsonValue } from '../../../base/json';
import type { FolderAction } from '../../../analyses/analysis';
import type { EditorDiagnostics } from '../../../analyses/editor-diagnostics';
import { runAnalysis } from '../../../analyses/run-analysis';
import { readSelection } from '../../../analyses/selection';
import { summarize } from '../../../analyses/tally';
import { messageOf } from '../../../model/errors';
import type { AnalysisOutput } from '../../../model/finding';
import type { ToolDeclaration } from '../../../providers/provider';
import { checkedArguments, wrongArguments } from '../../../tools/services/checked-arguments';
import type { Tool, ToolOutcome } from '../../../tools/tool';
import { shape, text } from './parameters';
import { quoted } from './told';

export interface AnalysisToolOptions {
  /** Those that are offered, at least one. */
  readonly actions: readonly FolderAction[];
  /** Does it; absent: the local engine's rules in a worker. */
  readonly run?: typeof runAnalysis;
  /** What the editor's own language tools say about the folder, told with the findings of `lint-codebase`. */
  readonly editorDiagnostics?: EditorDiagnostics;
}

/** Characters of findings that a model is told; all of them are in the data. */
const LISTED = 24_000;

const LOOKS_FOR: Readonly<Record<FolderAction, string>> = {
  'lint-codebase': 'mistakes in code',
  'scan-vulnerabilities': 'security holes and keys left in files',
  'analyze-dependencies': 'faults of packages and their versions',
  'review-architecture': 'circles, layers and unused modules',
  'analyze-performance': 'slow patterns',
};

export function runAnalysisTool(options: AnalysisToolOptions): Tool {
  const declaration = declarationOf(options.actions);
  return {
    declaration,
    async prepare(args, scope) {
      const { action, ...selection } = checkedArguments(declaration, args);
      const wanted = action as FolderAction;
      checkSelection(selection);
      const { host, workspace } = scope;
      return {
        effects: [{ type: 'list', path: workspace }],
        shown: { action: wanted, ...selection },
        idempotent: true,
        run: async ({ signal, onText }) => {
          const editor = wanted === 'lint-codebase' ? options.editorDiagnostics : undefined;
          const request = {
            action: wanted,
            workspace,
            options: selection,
            ...(editor !== undefined && { more: [await editor(workspace, signal)] }),
            signal,
            onText,
            onProgress: () => {},
          };
          const { output } = await (options.run ?? runAnalysis)(host, request);
          return toldAnalysis(output);
        },
      };
    },
  };
}

function declarationOf(actions: readonly FolderAction[]): ToolDeclaration {
  const looks = actions.map((action) => `${action} (${LOOKS_FOR[action]})`).join(', ');
  const paths = (description: string): JsonObject => ({
    type: 'array',
    items: text('A path relative to the workspace', 500),
    maxItems: 50,
    description,
  });
  return {
    name: 'run_analysis',
    description: `Runs rules over the files of the workspace, without a model, and gives their findings: ${looks}. The findings are facts to build on; judge what they mean.`,
    parameters: shape(
      {
        action: { type: 'string', enum: [...actions] },
        paths: paths('Only these folders and files. Default: all'),
        include: paths('Only files that fit one of these globs'),
        exclude: paths('No files that fit one of these globs'),
      },
      ['action'],
    ),
  };
}

function checkSelection(selection: JsonObject): void {
  try {
    readSelection(selection);
  } catch (error) {
    throw wrongArguments(messageOf(error).replace(/^with\./, 'arguments.'));
  }
}

/** The worst findings first, as many as fit. */
function toldAnalysis(output: AnalysisOutput): ToolOutcome {
  const { action, findings, counts, scanned, metrics, notes } = output;
  const listed: JsonValue[] = [];
  let left = LISTED;
  for (const finding of findings) {
    const json = toJson(finding);
    left -= JSON.stringify(json).length;
    if (left < 0) break;
    listed.push(json);
  }
  const more = findings.length - listed.length;
  const said = toJson({
    action,
    summary: summarize(output),
    counts,
    scanned,
    metrics,
    notes: notes.slice(0, 30),
    findings: listed,
    ...(more > 0 && { notListed: more }),
  });
  return { ...quoted(JSON.stringify(said)), data: toJson(output) };
}
