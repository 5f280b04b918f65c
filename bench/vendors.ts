export type Vendor = 'anthropic' | 'gemini' | 'openai';
export const vendors: readonly Vendor[] = ['anthropic', 'gemini', 'openai'];
