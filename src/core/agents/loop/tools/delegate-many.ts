import type { ToolDeclaration } from '../../../providers/provider';
import { checkedArguments, textArgument, wrongArguments } from '../../../tools/services/checked-arguments';
import type { Tool } from '../../../tools/tool';
import { parallel, review, sequential } from '../../collaboration/patterns';
import type { Delegation } from '../../collaboration/delegation';
import type { Task } from '../../collaboration/ask';
import type { AgentAtWork } from '../agent-at-work';
import { canonical, LONGEST_DATA, taskOf, type Delegating } from './delegating';
import { name, shape, text } from './parameters';
import { toldParallel, toldReview, toldSequential } from './told-patterns';

const MOST_AGENTS = 8;
const patterns = ['parallel', 'sequential', 'review'] as const;
type Pattern = (typeof patterns)[number];

const declaration: ToolDeclaration = {
  name: 'delegate_many',
  description:
    'Hands one task to several agents. parallel: all at once, their findings merged. sequential: one after the other, each beginning from the results before it. review: the author works, the agents review it, and the author works once more with their remarks.',
  parameters: shape(
    {
      agents: {
        type: 'array',
        minItems: 1,
        maxItems: MOST_AGENTS,
        items: name('Whom, as Baton lists its agents'),
        description: 'Each once. Of a review: who looks at the work',
      },
      task: text('What to do, complete for a reader without your context'),
      pattern: { type: 'string', enum: [...patterns] },
      author: name('Of a review: who does the work'),
      data: text('Material that goes with it', LONGEST_DATA),
    },
    ['agents', 'task', 'pattern'],
  ),
};

export const delegateMany = (work: AgentAtWork, delegating: Delegating): Tool => ({
  declaration,
  async prepare(args, scope) {
    const checked = checkedArguments(declaration, args);
    const agents = (checked['agents'] as readonly string[]).map(canonical);
    const pattern = checked['pattern'] as Pattern;
    const named = textArgument(checked, 'author');
    const author = named === '' ? undefined : canonical(named);
    const everybody = author === undefined ? agents : [author, ...agents];
    if (new Set(everybody).size < everybody.length) throw wrongArguments('An agent is named twice.');
    if ((pattern === 'review') !== (author !== undefined))
      throw wrongArguments('An author is named for a review, and for nothing else.');
    const task = taskOf(work, textArgument(checked, 'task'), textArgument(checked, 'data'));
    return {
      effects: everybody.map((agent) => ({ type: 'delegate', agent }) as const),
      shown: { ...checked, agents, ...(author !== undefined && { author }) },
      idempotent: true,
      run: () =>
        delegating.run(scope, checked, (bounds) =>
          inPattern(pattern, bounds, agents, author ?? '', task, (data) => scope.host.sha256(data)),
        ),
    };
  },
});

async function inPattern(
  pattern: Pattern,
  bounds: Delegation,
  agents: readonly string[],
  author: string,
  task: Task,
  sha256: (text: string) => string,
) {
  switch (pattern) {
    case 'parallel':
      return toldParallel(await parallel(bounds, agents, task), sha256);
    case 'sequential':
      return toldSequential(await sequential(bounds, agents, task), sha256);
    case 'review':
      return toldReview(await review(bounds, { author, reviewers: agents }, task), sha256);
    default:
      return pattern satisfies never;
  }
}
