import { formatLimit } from '../../base/duration';
import type { Fault } from './fault';

/** What a failed request is called before people: who, what, and what to do. Holds nothing of the request but the model's name. */
export function sentence(what: Fault, title: string, model: string | undefined, keyless: boolean): string {
  switch (what.fault) {
    case 'rate-limited':
      return `${title} takes no more requests for now${inSeconds(what.retryAfterMs)}.`;
    case 'overloaded':
      return `${title} is overloaded${inSeconds(what.retryAfterMs)}. Try again later or use another provider.`;
    case 'server':
      return `${title} failed by itself${status(what)}. Try again later or use another provider.`;
    case 'network':
      return `${title} cannot be reached${raw(what)}. Check the connection and the provider's address.`;
    case 'timeout':
      return `${title} ${late(what)}`;
    case 'incomplete':
      return `The answer of ${title} ended before it was whole${raw(what)}. Nothing of it was used.`;
    case 'invalid-response':
      return `${title} answered with something that is not its protocol${raw(what)}. Check the provider's address.`;
    case 'malformed-tool-call':
      return `${title} called a tool with arguments that cannot be read${raw(what)}. The tool was not run.`;
    case 'not-the-provider':
      return `Something else answers in the place of ${title}${status(what)}: a sign-in page, a proxy or another server. Check the connection and the provider's address.`;
    case 'quota':
      return `The account at ${title} has no money or quota left${raw(what)}. Check its plan and its limits.`;
    case 'auth':
      return keyless
        ? `${title} wants a key${status(what)}. Run "Baton: Set API Key".`
        : `${title} does not take the key${status(what)}. Run "Baton: Set API Key" and check that the account may use it.`;
    case 'model-gone':
      return `${title} has no model ${model === undefined ? 'of that name' : `"${model}"`}. Run "Baton: Choose Model".`;
    case 'context-too-long':
      return `The request is too long for ${model === undefined ? title : `"${model}" of ${title}`}. Shorten it or use a model with a larger context.`;
    case 'content-blocked':
      return `${title} declined to answer${raw(what)}. Change the request; it is not sent to another provider by itself.`;
    case 'invalid-request':
      return `${title} does not take this request${raw(what)}${what.detail === undefined ? '.' : `: ${what.detail}`}`;
    case 'tls':
      return `The certificate of ${title} is not trusted${raw(what)}. Check the provider's address and the certificates of this computer.`;
    case 'proxy':
      return `The proxy between here and ${title} wants a sign-in${status(what)}. Check the proxy's settings.`;
    default:
      return what.fault satisfies never;
  }
}

/** What ended the wait, and what can be done about just that. */
function late(what: Fault): string {
  const { late } = what;
  if (late === undefined) return `took too long${raw(what)}. Try again later or use another provider.`;
  const limit = formatLimit(late.ms);
  const ended = {
    firstByte: `did not begin to answer within ${limit}`,
    idle: `began to answer and then sent nothing for ${limit}`,
    total: `was not done within ${limit}`,
  }[late.limit];
  if (!late.isSet) return `${ended}. Try again later or use another provider.`;
  return `${ended}, which is its timeout. Raise that or use another provider.`;
}

function inSeconds(waitMs: number | undefined): string {
  return waitMs === undefined ? '' : `; it asks to wait ${Math.ceil(waitMs / 1000)} s`;
}

function status(what: Fault): string {
  return what.status === undefined ? '' : ` (HTTP ${what.status})`;
}

function raw(what: Fault): string {
  return what.raw === undefined ? status(what) : ` (${what.raw})`;
}
