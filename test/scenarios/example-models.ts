import type { JsonObject } from '../../src/core/base/json';
import { agentSays } from '../support/scripted-agents';
import type { Vendor, VendorServer } from '../support/vendor-servers';

/* What the models of the examples say. Every file, name and line is one of the examples' folder. */

type Servers = Readonly<Record<Vendor, VendorServer>>;

const read = (path: string): readonly [string, JsonObject] => ['read_file', { path }];

export const MENDS = [
  {
    path: 'src/pricing.js',
    old_text: 'if ((order.express = true)) total',
    new_text: 'if (order.express) total',
  },
  {
    path: 'src/server.js',
    old_text: 'response.json({ price: eval(request.body.formula) });',
    new_text: "response.status(501).json({ error: 'Formulas cannot be tried any more.' });",
  },
] as const;

/** One asks three others, one mends two files. */
export function collaborationModels({ claude }: Servers): void {
  agentSays(claude, 'orchestrator', [
    [
      [
        'delegate_many',
        {
          agents: ['security', 'quality', 'performance'],
          task: 'Read src/ and say what matters most there: file, line, why, and what to do.',
          pattern: 'parallel',
        },
      ],
    ],
    {
      json: {
        summary: 'Three agents read src/: code of visitors is run, and every order is express.',
        goal: 'Know what in src/ matters most.',
        tasks: ['security', 'quality', 'performance'].map((agent) => ({
          id: agent,
          agent,
          asks: 'What matters most in src/?',
          expects: 'Places with reasons',
          after: [],
          status: 'done',
        })),
        result: '1. src/server.js:34 runs what visitors send. 2. src/pricing.js:8 makes every order express.',
        conflicts: [],
        complete: true,
        questions: [],
      },
    },
  ]);
  agentSays(claude, 'security', [
    [read('src/server.js'), read('src/database.js')],
    {
      json: {
        summary: 'One door runs the code of visitors.',
        findings: [
          {
            id: 'S1',
            rule: 'eval-of-input',
            severity: 'critical',
            file: 'src/server.js',
            line: 34,
            evidence: 'eval(request.body.formula)',
            attack: 'Anybody posts a formula that ends the process or reads its environment.',
            fix: 'Refuse formulas.',
            confidence: 0.99,
          },
        ],
        fixFirst: ['S1'],
        notChecked: ['Versions of the packages'],
        questions: [],
      },
    },
  ]);
  agentSays(claude, 'quality', [
    [read('src/pricing.js'), ['find_references', { name: 'priceOf' }]],
    {
      json: {
        summary: 'A price is wrong for nearly everybody.',
        verdict: 'change',
        remarks: [
          {
            kind: 'bug',
            file: 'src/pricing.js',
            line: 8,
            problem: 'The condition assigns, so every order is an express order.',
            suggestion: 'Read order.express there.',
            blocking: true,
          },
        ],
        praised: [],
        questions: [],
      },
    },
  ]);
  agentSays(claude, 'performance', [
    [read('src/server.js'), read('src/orders.js')],
    {
      json: {
        summary: 'Customers are asked for one by one.',
        goal: 'Orders are listed in one question.',
        hotspots: [
          {
            file: 'src/server.js',
            line: 20,
            cost: 'a question for each order',
            cause: 'The loop waits for each customer.',
            remedy: 'Ask for all customers at once.',
            basis: 'computed',
            expectedGain: 'two questions in all',
          },
        ],
        measurements: [],
        questions: [],
      },
    },
  ]);
  agentSays(claude, 'backend', [
    [read('src/pricing.js'), read('src/server.js')],
    MENDS.map((mend): readonly [string, JsonObject] => ['edit_file', { ...mend }]),
    {
      json: {
        summary: 'Express costs more again, and no formula of a visitor is run.',
        files: [
          { path: 'src/pricing.js', change: 'edited', purpose: 'Express is read, not set' },
          { path: 'src/server.js', change: 'edited', purpose: 'Formulas are refused' },
        ],
        failureModes: [{ when: 'A shop still sends formulas', response: 'It gets 501' }],
        verifiedBy: ['Nothing was run: the next step runs the tests.'],
        questions: [],
      },
    },
  ]);
}

export const FOUND = {
  explanation: 'The prices of the items are added, express costs four more, and regulars get a tenth off.',
  surprises: [
    { file: 'src/pricing.js', line: 3, what: 'tea has two prices, the second counts' },
    { file: 'src/pricing.js', line: 8, what: 'every order becomes an express order' },
  ],
};
export const NOTE = { note: 'A price is the sum of the items, and express is charged to everybody.' };

/** The first reads a file, then has no room any more; the second goes on; the third is the cheapest for a note. */
export function fallbackModels({ claude, gemini, openai }: Servers): void {
  const overloaded = { fails: 529, type: 'overloaded_error' };
  agentSays(claude, 'researcher', [[read('src/pricing.js')], overloaded, overloaded]);
  agentSays(gemini, 'researcher', [
    'Whoever asks for the first turn here has forgotten it.',
    [read('src/customers.js')],
    { json: FOUND },
  ]);
  agentSays(openai, 'writer', [{ json: NOTE }]);
}

/** Two questions to the code; a person asks again, and a place more is found. */
export function intelligenceModels({ claude }: Servers): void {
  const asks: readonly (readonly [string, JsonObject])[] = [
    ['find_symbols', { path: 'src' }],
    ['find_definition', { name: 'discountFor' }],
    ['find_references', { name: 'discountFor' }],
  ];
  const trace = (uses: readonly string[]) => ({
    json: { definition: 'src/customers.js:10', uses: [...uses], risk: 'medium' },
  });
  agentSays(claude, 'architect', [asks, trace(USES)], /The export counts, too/);
  agentSays(claude, 'architect', [asks, trace(USES.slice(0, 1))]);
  agentSays(claude, 'testing', [
    { json: { cases: [{ name: 'a regular gets a tenth off', checks: 'the price of a tea' }] } },
  ]);
}

export const USES = ['src/pricing.js:9', 'src/customers.js:14'];
