import { describe, expect, it } from 'vitest';
import { besideOf } from '../../../../src/core/engine/graph/beside';

const steps = (graph: Readonly<Record<string, readonly string[]>>) =>
  new Map(Object.entries(graph).map(([key, dependsOn]) => [key, { key, dependsOn }]));

describe('the steps beside a step', () => {
  it('are those that it does not wait for and that do not wait for it, in the order of the file', () => {
    const graph = steps({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'], e: ['b'], alone: [] });
    const order = new Map([...graph.keys()].map((key, place) => [key, place]));
    expect(besideOf('c', graph, order)).toEqual(['b', 'e', 'alone']);
    expect(besideOf('a', graph, order)).toEqual(['alone']);
    expect(besideOf('alone', graph, order)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('are none in a row', () => {
    const graph = steps({ a: [], b: ['a'], c: ['b'] });
    expect(besideOf('b', graph, new Map())).toEqual([]);
  });
});
