import type { JsonObject } from '../../../base/json';

/** Characters of what one call says. */
export const LONGEST_TEXT = 16_000;

export const text = (description: string, maxLength = LONGEST_TEXT): JsonObject => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});

export const name = (description: string): JsonObject => text(description, 100);

export const whole = (minimum: number, maximum: number, description: string): JsonObject => ({
  type: 'integer',
  minimum,
  maximum,
  description,
});

/** One flat object: what every vendor takes. */
export const shape = (
  properties: Readonly<Record<string, JsonObject>>,
  required: readonly string[],
): JsonObject => ({ type: 'object', properties, required, additionalProperties: false });
