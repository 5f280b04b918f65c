import type { ToolDeclaration } from '../../providers/provider';
import type { Tool } from '../tool';
import { checkedArguments, wrongArguments } from './checked-arguments';
import { scoreOpportunities, type Opportunity } from './opportunity';

const between = (minimum: number, maximum: number, description: string) => ({
  type: 'number',
  minimum,
  maximum,
  description,
});

const declaration: ToolDeclaration = {
  name: 'score_opportunity',
  description: 'Scores and ranks pieces of work by reach, impact, confidence and effort, with fit and risk.',
  parameters: {
    type: 'object',
    properties: {
      opportunities: {
        type: 'array',
        minItems: 1,
        maxItems: 50,
        items: {
          type: 'object',
          properties: {
            name: { type: 'string', minLength: 1, maxLength: 200 },
            reach: between(0, 1e9, 'People or events in one quarter'),
            impact: between(0, 3, '0.25 hardly, 0.5 low, 1 medium, 2 high, 3 massive'),
            confidence: between(0, 1, 'How sure the numbers are'),
            effort: between(0.01, 10_000, 'Person-months'),
            fit: between(0, 1, 'With what is wanted anyway. Default: 1'),
            risk: between(0, 1, 'Of harm or failure. Default: 0'),
          },
          required: ['name', 'reach', 'impact', 'confidence', 'effort'],
          additionalProperties: false,
        },
      },
    },
    required: ['opportunities'],
    additionalProperties: false,
  },
};

/** Only counts: touches nothing and asks nobody. */
export const scoreOpportunity: Tool = {
  declaration,
  async prepare(args) {
    const opportunities = checkedArguments(declaration, args)[
      'opportunities'
    ] as unknown as readonly Opportunity[];
    if (new Set(opportunities.map(({ name }) => name)).size < opportunities.length)
      throw wrongArguments('Two opportunities have the same name.');
    return {
      effects: [],
      shown: { opportunities: opportunities.map((opportunity) => ({ ...opportunity })) },
      idempotent: true,
      run: () => {
        const scored = scoreOpportunities(opportunities);
        return Promise.resolve({
          text: scored.map(({ rank, name, score }) => `${rank}. ${name}: ${score}`).join('\n'),
          isError: false,
          data: scored.map((one) => ({ ...one })),
          isForeign: false,
        });
      },
    };
  },
};
