import type { Connection } from '../connection';

/** Where and how a server that speaks Chat Completions is asked. */
export interface Address {
  readonly baseURL: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Azure takes the key in a header of its own. */
  readonly isAzure: boolean;
}

const AZURE_HOST = /\.(openai\.azure|cognitiveservices\.azure|services\.ai\.azure)\.(com|us|cn)$/;
const AZURE_VERSION = '2024-10-21';

/**
 * The address as the `openai` package takes it. People write "http://localhost:11434" and mean its /v1; Azure has two ways, the
 * newer one under /openai/v1 and the older one with a deployment in the path and a version in the query.
 */
export function addressOf({ settings }: Connection, model: string | undefined): Address {
  const url = new URL(settings.baseUrl ?? 'https://api.openai.com/v1');
  const version = url.searchParams.get('api-version');
  const isAzure = AZURE_HOST.test(url.hostname) || version !== null;
  const path = url.pathname.replace(/\/+$/, '').replace(/\/chat\/completions$/, '');
  const given = Object.fromEntries(url.searchParams);
  const base = (suffix: string) => `${url.origin}${suffix}`;
  if (!isAzure)
    return {
      baseURL: base(path === '' ? '/v1' : path),
      ...(Object.keys(given).length > 0 && { query: given }),
      isAzure,
    };
  if (/\/v1$/.test(path)) return { baseURL: base(path), ...(version !== null && { query: given }), isAzure };
  const query = { ...given, 'api-version': version ?? AZURE_VERSION };
  if (/\/deployments\/[^/]+$/.test(path) || model === undefined)
    return { baseURL: base(/\/openai\b/.test(path) ? path : `${path}/openai`), query, isAzure };
  const root = path.replace(/\/openai(\/deployments)?$/, '');
  return { baseURL: base(`${root}/openai/deployments/${encodeURIComponent(model)}`), query, isAzure };
}

/** Where an Azure address lists its models: beside the deployments, not in one. */
export function listAddressOf(connection: Connection): Address {
  const address = addressOf(connection, undefined);
  return { ...address, baseURL: address.baseURL.replace(/\/deployments\/[^/]+$/, '') };
}
