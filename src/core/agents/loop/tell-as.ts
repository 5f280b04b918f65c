import type { AgentTask } from '../agent';
import type { ParticipantName } from '../../model/message';

/**
 * Text of an agent that was asked, for people who watch the step: told when it is whole, under its name, for several may speak at the
 * same time.
 */
export class ToldAs {
  private held = '';

  constructor(
    private readonly name: ParticipantName,
    private readonly task: Pick<AgentTask, 'onText'>,
  ) {}

  readonly onText = (text: string): void => {
    this.held += text;
  };

  /** Nobody has seen it yet. */
  readonly onVoid = (): void => {
    this.held = '';
  };

  readonly tell = (): void => {
    const text = this.held.trim();
    this.held = '';
    if (text !== '') this.task.onText(`\n[${this.name}]\n${text}\n`);
  };
}
