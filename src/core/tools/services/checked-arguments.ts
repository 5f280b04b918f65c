import type { JsonObject } from '../../base/json';
import { schemaFaults } from '../../base/schema-faults';
import { BatonError } from '../../model/errors';
import type { ToolDeclaration } from '../../providers/provider';

/** The arguments when they fit the declaration. @throws BatonError "tool-arguments", told to the model. */
export function checkedArguments(declaration: ToolDeclaration, args: JsonObject): JsonObject {
  const faults = schemaFaults(declaration.parameters, args).map((fault) =>
    fault.replace(/\boutput\b/, 'arguments'),
  );
  if (faults.length > 0) throw wrongArguments(`${faults.join('; ')}.`);
  return args;
}

/** What a model is told when its arguments cannot be used. */
export function wrongArguments(message: string): BatonError {
  return new BatonError('tool-arguments', message);
}

/** An argument that the declaration says is text; "" when it is left out. */
export function textArgument(args: JsonObject, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : '';
}

export function numberArgument(args: JsonObject, name: string, otherwise: number): number {
  const value = args[name];
  return typeof value === 'number' ? value : otherwise;
}

/** An argument that holds a JSON object as text, because not every vendor takes objects of any shape. */
export function objectArgument(args: JsonObject, name: string): JsonObject {
  const text = textArgument(args, name);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrongArguments(`arguments.${name} must be the text of one JSON object.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongArguments(`arguments.${name} must be the text of one JSON object.`);
  return value as JsonObject;
}
