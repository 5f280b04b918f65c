import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/base/json';
import { createEsIndex } from '../../../../src/core/tools/services/create-es-index';
import { generateEmbeddings } from '../../../../src/core/tools/services/generate-embeddings';
import { scoreOpportunities } from '../../../../src/core/tools/services/opportunity';
import { queryEs } from '../../../../src/core/tools/services/query-es';
import { scoreOpportunity } from '../../../../src/core/tools/services/score-opportunity';
import { createTestHost } from '../../../support/node-host';
import { call, scopeOf } from '../web/tool-scope';
import { serve, type Answer, type Asked, type ServiceServer } from './service-server';

const secret = ['made', 'up', 'key'].join('-');
const key = () => Promise.resolve<string | undefined>(secret);
const scope = () => scopeOf(createTestHost());
let server: ServiceServer | undefined;
afterEach(async () => server?.close());

/** As much of Elasticsearch as the tools ask for: it makes indices and finds documents by one exact field. */
function elasticsearch(): (asked: Asked) => Answer {
  const indices = new Map<string, { definition: unknown; documents: JsonObject[] }>();
  indices.set('animals', {
    definition: {},
    documents: [
      { kind: 'fox', legs: 4 },
      { kind: 'owl', legs: 2 },
    ],
  });
  return ({ method, url, headers, body }) => {
    if (headers.authorization !== `ApiKey ${secret}`)
      return { status: 401, body: { error: { type: 'security_exception' } } };
    const [, name = '', action] = url.pathname.split('/');
    const index = indices.get(name);
    if (method === 'PUT') {
      const error = {
        type: 'resource_already_exists_exception',
        reason: `index [${name}] already exists ${secret}`,
      };
      if (index !== undefined) return { status: 400, body: { error, status: 400 } };
      indices.set(name, { definition: body, documents: [] });
      return { body: { acknowledged: true, index: name } };
    }
    if (index === undefined || action !== '_search')
      return { status: 404, body: { error: { type: 'index_not_found_exception' } } };
    const { query, size } = body as { query?: { term?: JsonObject }; size: number };
    const [field, value] = Object.entries(query?.term ?? {})[0] ?? [];
    const hits = index.documents.filter((document) => field === undefined || document[field] === value);
    return {
      body: {
        hits: {
          total: { value: hits.length },
          hits: hits.slice(0, size).map((_source, i) => ({ _id: `d${i}`, _score: 1, _source })),
        },
        aggregations: { legs: { value: 6 } },
      },
    };
  };
}

describe('create_es_index', () => {
  const definition = JSON.stringify({ mappings: { properties: { kind: { type: 'keyword' } } } });

  it('makes an index, and tells when there is one already', async () => {
    server = await serve(elasticsearch());
    const tool = createEsIndex({ address: server.address, key });
    const made = await call(tool, { index: 'plants', definition }, scope());
    expect(made).toMatchObject({ isError: false, text: 'The index plants was created.' });
    expect(made.prepared.effects).toEqual([
      { type: 'network', purpose: 'service', method: 'PUT', url: `${server.address}/plants` },
    ]);
    expect(made.prepared.shown).toMatchObject({ definition: JSON.parse(definition) as JsonObject });
    expect(made.prepared.idempotent).toBe(false);
    const again = await call(tool, { index: 'plants', definition }, scope());
    expect(again).toMatchObject({ isError: true, isForeign: true });
    expect(again.text).toContain('already exists');
    expect(JSON.stringify([made, again])).not.toContain(secret);
  });

  it.each([
    '',
    'UP',
    '_all',
    '.security',
    '-x',
    'a/b',
    'a%2fb',
    '../x',
    'a,b',
    'a*',
    'a..b',
    'cluster:x',
    'a b',
  ])('takes %j for no name of an index', async (index) => {
    const tool = createEsIndex({ address: 'http://es.example.com', key });
    await expect((async () => tool.prepare({ index, definition }, scope()))()).rejects.toMatchObject({
      code: 'tool-arguments',
    });
  });

  it.each(['[]', 'x', '{"mappings":7}', '{"aliases":{},"other":{}}'])(
    'takes %s for no definition',
    async (text) => {
      const tool = createEsIndex({ address: 'http://es.example.com', key });
      await expect(
        (async () => tool.prepare({ index: 'a', definition: text }, scope()))(),
      ).rejects.toMatchObject({ code: 'tool-arguments' });
    },
  );
});

describe('query_es', () => {
  it('finds documents and aggregations, as data', async () => {
    server = await serve(elasticsearch());
    const tool = queryEs({ address: `${server.address}/`, key });
    const found = await call(
      tool,
      { index: 'animals', search: '{"query":{"term":{"kind":"fox"}}}', size: 5 },
      scope(),
    );
    expect(found).toMatchObject({ isError: false, isForeign: true });
    expect(found.text).toBe(
      '1 found, 1 shown.\nd0 (1): {"kind":"fox","legs":4}\nAggregations: {"legs":{"value":6}}',
    );
    expect(found.prepared.effects).toMatchObject([
      { purpose: 'search', method: 'POST', url: `${server.address}/animals/_search` },
    ]);
    expect(server.asked[0]?.body).toMatchObject({ size: 5 });
    const none = await call(tool, { index: 'nothing', search: '{}' }, scope());
    expect(none).toMatchObject({ isError: true, text: 'Elasticsearch has no such index.' });
  });

  it('tells of a key that is not accepted', async () => {
    server = await serve(elasticsearch());
    const tool = queryEs({ address: server.address, key: () => Promise.resolve('') });
    expect((await call(tool, { index: 'animals', search: '{}' }, scope())).text).toContain(
      'did not accept the key',
    );
  });

  it.each([
    '{"script_fields":{}}',
    '{"query":{"script_score":{"query":{}}}}',
    '{"sort":[{"_script":{}}]}',
    '{"runtime_mappings":{}}',
    '{"aggs":{"a":{"scripted_metric":{}}}}',
    `${'{"a":'.repeat(50)}1${'}'.repeat(50)}`,
    'no json',
  ])('refuses to send %s', async (search) => {
    const tool = queryEs({ address: 'http://es.example.com', key });
    await expect((async () => tool.prepare({ index: 'a', search }, scope()))()).rejects.toMatchObject({
      code: 'tool-arguments',
    });
  });

  it('searches a field whose name only looks like a program', async () => {
    server = await serve(elasticsearch());
    const search = '{"query":{"term":{"description":"x"}}}';
    const outcome = await call(
      queryEs({ address: server.address, key }),
      { index: 'animals', search },
      scope(),
    );
    expect(outcome).toMatchObject({ isError: false });
  });

  it('asks no address that is not a plain one', async () => {
    for (const address of ['ftp://es.example.com', 'http://a@es.example.com', 'nonsense'])
      await expect(
        (async () => queryEs({ address, key }).prepare({ index: 'a', search: '{}' }, scope()))(),
      ).rejects.toMatchObject({ code: 'tool-refused' });
  });
});

describe('generate_embeddings', () => {
  const vector = (text: string) => [text.length, 0.5, -1];
  const embed = ({ body }: Asked): Answer => {
    const { input } = body as { input: string[] };
    const data = input.map((text, index) => ({ index, embedding: vector(text) })).reverse();
    return { body: { data, usage: { total_tokens: 9 } } };
  };

  it('keeps a vector for each text, in their order, as an artifact', async () => {
    server = await serve(embed);
    const place = scope();
    const tool = generateEmbeddings({ address: `${server.address}/v1`, model: 'small', key });
    const outcome = await call(tool, { texts: ['a', 'bcd'] }, place);
    expect(outcome).toMatchObject({ isError: false, data: { count: 2, dimensions: 3, tokens: 9 } });
    const [kept] = place.artifacts.values();
    expect(JSON.parse(kept ?? '')).toEqual({
      model: 'small',
      dimensions: 3,
      vectors: [vector('a'), vector('bcd')],
    });
    expect(server.asked[0]).toMatchObject({
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: { model: 'small', input: ['a', 'bcd'] },
    });
    expect(server.asked[0]?.url.pathname).toBe('/v1/embeddings');
    expect(outcome.prepared.effects).toMatchObject([{ purpose: 'service', method: 'POST' }]);
    expect(JSON.stringify(outcome)).not.toContain(secret);
  });

  it.each([
    { data: [] },
    { data: [{ embedding: [1] }, { embedding: [1, 2] }] },
    { data: [{ embedding: [1] }, { embedding: ['x'] }] },
    {
      data: [
        { index: 0, embedding: [1] },
        { index: 0, embedding: [1] },
      ],
    },
    {
      data: [
        { index: 0, embedding: [1] },
        { index: 9, embedding: [1] },
      ],
    },
    'no json',
  ])('takes %j for no answer', async (body) => {
    server = await serve(() => ({ body }));
    const place = scope();
    const tool = generateEmbeddings({ address: server.address, model: 'small', key });
    expect(await call(tool, { texts: ['a', 'b'] }, place)).toMatchObject({ isError: true });
    expect(place.artifacts.size).toBe(0);
  });

  it.each([401, 429, 500])('tells what status %i means', async (status) => {
    server = await serve(() => ({ status, body: { error: { message: secret } } }));
    const tool = generateEmbeddings({ address: server.address, model: 'small', key });
    const outcome = await call(tool, { texts: ['a'] }, scope());
    expect(outcome).toMatchObject({ isError: true });
    expect(outcome.text).not.toContain(secret);
  });
});

describe('score_opportunity', () => {
  it('ranks by reach, impact, confidence and effort, lessened by poor fit and risk', () => {
    const base = { reach: 100, impact: 2, confidence: 0.5, effort: 4 };
    expect(
      scoreOpportunities([
        { name: 'risky', ...base, risk: 1 },
        { name: 'plain', ...base },
        { name: 'odd', ...base, fit: 0 },
        { name: 'small', ...base, reach: 10 },
      ]),
    ).toEqual([
      { name: 'plain', score: 25, rank: 1 },
      { name: 'risky', score: 12.5, rank: 2 },
      { name: 'odd', score: 12.5, rank: 2 },
      { name: 'small', score: 2.5, rank: 4 },
    ]);
  });

  it('touches nothing', async () => {
    const opportunities = [{ name: 'a', reach: 10, impact: 1, confidence: 1, effort: 1 }];
    const outcome = await call(scoreOpportunity, { opportunities }, scope());
    expect(outcome).toMatchObject({ text: '1. a: 10', isError: false, isForeign: false });
    expect(outcome.prepared.effects).toEqual([]);
  });

  it.each([{ effort: 0 }, { confidence: 2 }, { reach: -1 }, { reach: 'many' }, { mood: 1 }])(
    'refuses %j',
    async (odd) => {
      const opportunities = [{ name: 'a', reach: 10, impact: 1, confidence: 1, effort: 1, ...odd }];
      await expect(
        (async () => scoreOpportunity.prepare({ opportunities }, scope()))(),
      ).rejects.toMatchObject({ code: 'tool-arguments' });
    },
  );
});
