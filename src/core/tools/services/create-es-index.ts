import { isJsonObject, type JsonObject } from '../../base/json';
import type { ToolDeclaration } from '../../providers/provider';
import type { Tool } from '../tool';
import { checkedArguments, objectArgument, textArgument, wrongArguments } from './checked-arguments';
import {
  askElasticsearch,
  elasticsearchFault,
  indexName,
  indexUrl,
  type ElasticsearchConnection,
} from './elasticsearch';
import { failed, outcomeOf } from './outcome';

const declaration: ToolDeclaration = {
  name: 'create_es_index',
  description:
    'Creates one Elasticsearch index with its mappings and settings. Fails when it exists already.',
  parameters: {
    type: 'object',
    properties: {
      index: { type: 'string', description: 'Its name, in lower case' },
      definition: {
        type: 'string',
        description: 'The text of a JSON object with "mappings" and, if wanted, "settings" and "aliases"',
      },
    },
    required: ['index', 'definition'],
    additionalProperties: false,
  },
};

export function createEsIndex(connection: ElasticsearchConnection): Tool {
  return {
    declaration,
    async prepare(args, { host }) {
      const checked = checkedArguments(declaration, args);
      const index = indexName(textArgument(checked, 'index'));
      const definition = definitionOf(objectArgument(checked, 'definition'));
      const url = indexUrl(connection, index);
      return {
        effects: [{ type: 'network', purpose: 'service', method: 'PUT', url }],
        shown: { service: 'Elasticsearch', method: 'PUT', url, definition },
        // A second time Elasticsearch refuses, and nobody knows whether the first time came through.
        idempotent: false,
        run: ({ signal }) =>
          outcomeOf(async () => {
            const answer = await askElasticsearch(
              host,
              connection,
              { method: 'PUT', url, body: definition },
              signal,
            );
            const fault = elasticsearchFault(answer);
            if (fault !== undefined) return { ...failed(fault), isForeign: true };
            return {
              text: `The index ${index} was created.`,
              isError: false,
              data: { index },
              isForeign: false,
            };
          }),
      };
    },
  };
}

function definitionOf(given: JsonObject): JsonObject {
  const unknown = Object.keys(given).filter((name) => !['mappings', 'settings', 'aliases'].includes(name));
  if (unknown.length > 0 || Object.values(given).some((part) => !isJsonObject(part)))
    throw wrongArguments(
      'arguments.definition may hold the objects "mappings", "settings" and "aliases" only.',
    );
  return given;
}
