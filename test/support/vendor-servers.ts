import { LLMock } from '@copilotkit/aimock';

/** One vendor's server on this machine: what it was asked, and how to ask it instead of the vendor. */
export interface VendorServer {
  readonly mock: LLMock;
  /** Requests for answers that arrived, refused ones included. */
  readonly asked: () => number;
  readonly stop: () => Promise<void>;
}

export async function startVendorServer(): Promise<VendorServer> {
  const mock = new LLMock({ port: 0, logLevel: 'silent' });
  await mock.start();
  return {
    mock,
    asked: () => mock.getRequests().filter(({ method }) => method === 'POST').length,
    stop: () => mock.stop(),
  };
}

export const TEST_KEYS = {
  claude: 'key-for-tests-claude',
  gemini: 'key-for-tests-gemini',
  openai: 'key-for-tests-openai',
} as const;

export type Vendor = keyof typeof TEST_KEYS;

/** The environment in which these vendors have a key, and their addresses are these servers. */
export function environmentOf(
  servers: Partial<Readonly<Record<Vendor, VendorServer>>>,
): Record<string, string> {
  const { claude, gemini, openai } = servers;
  return {
    ...(claude && { ANTHROPIC_API_KEY: TEST_KEYS.claude, ANTHROPIC_BASE_URL: claude.mock.url }),
    ...(gemini && { GEMINI_API_KEY: TEST_KEYS.gemini, GOOGLE_GEMINI_BASE_URL: gemini.mock.url }),
    ...(openai && { OPENAI_API_KEY: TEST_KEYS.openai, OPENAI_BASE_URL: `${openai.mock.url}/v1` }),
  };
}
