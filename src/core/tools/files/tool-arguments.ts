import type { JsonObject } from '../../base/json';
import { schemaFaults } from '../../base/schema-faults';
import { BatonError } from '../../model/errors';
import type { ToolDeclaration } from '../../providers/provider';

/** Throws "tool-arguments" with all that does not fit the tool's schema: the model may try again. */
export function checkArguments(declaration: ToolDeclaration, args: JsonObject): void {
  const faults = schemaFaults(declaration.parameters, args).map((fault) =>
    fault.replace(/\boutput(?=[ .[])/, 'arguments'),
  );
  if (faults.length > 0) throw wrongArguments(`${declaration.name}: ${faults.join('; ')}.`);
}

export function wrongArguments(message: string): BatonError {
  return new BatonError('tool-arguments', message);
}

/** After `checkArguments`: a text that the schema requires. */
export function textOf(args: JsonObject, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : '';
}

export function optionalText(args: JsonObject, name: string): string | undefined {
  const value = args[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(args: JsonObject, name: string, otherwise: number): number {
  const value = args[name];
  return typeof value === 'number' ? value : otherwise;
}
