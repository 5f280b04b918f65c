import { formatTokens, formatUsd } from '../model/spending-words';
import type { ModelFacts } from './model-shape';
import { modelWarnings } from './model-warnings';

/** What the table knows of a model, for people: "Claude Haiku 5.5: 1M tokens, $0.10 in and $0.50 out per million (as of …)". */
export function describeModel(facts: ModelFacts): string {
  const { title, context, price, status, asOf } = facts;
  const size = Number.isFinite(context) ? [`${formatTokens(context)} tokens of context`] : [];
  const long = price?.longPrompt;
  const cost =
    price === undefined
      ? ['no known price']
      : [
          `${formatUsd(price.input)} in and ${formatUsd(price.output)} out per million tokens`,
          ...(long === undefined
            ? []
            : [`${formatUsd(long.input)} and ${formatUsd(long.output)} above ${formatTokens(long.over)}`]),
        ];
  const told = status === 'retired' ? '' : `: ${[...size, ...cost].join(', ')} (as of ${asOf})`;
  const warned = status === 'current' ? [] : modelWarnings(facts.id, facts);
  const ending = warned.map(
    ({ message, suggestion }) => ` ${[message, suggestion].filter(Boolean).join(' ')}`,
  );
  return `${title}${told}.${ending.join('')}`;
}
