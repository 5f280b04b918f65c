import type { Command } from './command-line';
import { agents } from './commands/agents';
import { doctor } from './commands/doctor';
import { approve, steer } from './commands/steer';
import { exportRun } from './commands/export';
import { listRuns, listWorkflows } from './commands/list';
import { providers } from './commands/providers';
import { resume, run } from './commands/run';
import { approvals, status } from './commands/status';
import { undo } from './commands/undo';
import { plan, validate } from './commands/workflow';
import type { Context } from './context';
import type { ExitCode } from './exit-code';

/** Does what the command line says. Throws `Refused`, or whatever broke. */
export function dispatch(context: Context, command: Command): Promise<ExitCode> {
  switch (command.name) {
    case 'run':
      return run(context, command);
    case 'resume':
      return resume(context, command);
    case 'validate':
      return validate(context, command.file);
    case 'plan':
      return plan(context, command.file);
    case 'list':
      return command.runs ? listRuns(context) : listWorkflows(context);
    case 'approvals':
      return approvals(context);
    case 'providers':
      return providers(context, command);
    case 'agents':
      return agents(context);
    case 'doctor':
      return doctor(context);
    case 'status':
      return status(context, command.run);
    case 'pause':
    case 'cancel':
      return steer(context, command.name, command.run);
    case 'approve':
      return approve(context, command);
    case 'undo':
      return undo(context, command);
    case 'export':
      return exportRun(context, command.run, command.directory);
    default:
      return command satisfies never;
  }
}
