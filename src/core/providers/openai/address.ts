import type { Connection } from '../connection';
import { factsOfModel } from '../model-facts';

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
  // Azure's other models all answer at one address, and are named in the request.
  if (/\/models$/.test(path)) return { baseURL: base(path), query, isAzure };
  if (/\/deployments\/[^/]+$/.test(path) || model === undefined)
    return { baseURL: base(/\/openai\b/.test(path) ? path : `${path}/openai`), query, isAzure };
  const root = path.replace(/\/openai(\/deployments)?$/, '');
  return { baseURL: base(`${root}/openai/deployments/${encodeURIComponent(model)}`), query, isAzure };
}

/**
 * Whether OpenAI's own models answer there: at its address, or by their names behind a gateway. At another address with other
 * models is a server of another maker, which knows only the older name of the token limit: the newer one it passes over, and
 * answers as long as it likes.
 */
export function isOpenAIs({ settings: { kind, baseUrl } }: Connection, model: string): boolean {
  if (kind !== 'openai') return false;
  if (baseUrl === undefined || /^https:\/\/([\w-]+\.)*openai\.com(\/|$)/.test(baseUrl)) return true;
  return isNamedSo(model);
}

/** Whether the server knows OpenAI's newer names: OpenAI's and Azure's do, but for the models of others that Azure offers. */
export function knowsNewerNames(connection: Connection, address: Address, model: string): boolean {
  if (!address.isAzure) return isOpenAIs(connection, model);
  return !address.baseURL.endsWith('/models') || isNamedSo(model);
}

/** Whether a server counts a stream's tokens without being asked to: Mistral's does, and refuses a request that asks for it. */
export function countsUnasked({ baseURL }: Address): boolean {
  return /(^|\.)mistral\.ai$/.test(new URL(baseURL).hostname);
}

function isNamedSo(model: string): boolean {
  return factsOfModel(model)?.vendor === 'openai' || /^(gpt-(?!oss)|chatgpt-|o\d)/.test(model);
}

/** Where an Azure address lists its models: beside the deployments, not in one. */
export function listAddressOf(connection: Connection): Address {
  const address = addressOf(connection, undefined);
  return { ...address, baseURL: address.baseURL.replace(/\/deployments\/[^/]+$/, '') };
}
