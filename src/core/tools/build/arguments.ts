import type { JsonObject } from '../../base/json';
import { optionalText, wrongArguments } from '../files/tool-arguments';
import { BUILD_SYSTEMS, type BuildSystem } from './build-system';

export interface ProjectArguments {
  /** As the model wrote it; "." for the workspace itself. */
  readonly folder: string;
  readonly system?: BuildSystem;
  readonly target?: string;
}

/** Reads arguments that fit the schema. Throws "tool-arguments" where a target could be taken for an option. */
export function readProjectArguments(args: JsonObject): ProjectArguments {
  const wanted = optionalText(args, 'system');
  const system = BUILD_SYSTEMS.find((name) => name === wanted);
  const target = optionalText(args, 'target');
  // It becomes an argument of its own, never an option; package managers hand it on to a shell, hence the plain characters.
  if (target !== undefined && target !== '' && !/^[\w./][\w./:@#,=-]{0,299}$/.test(target))
    throw wrongArguments(
      '"target" names one test, file or package: letters, digits and _./:@#,=- only, and it is no option.',
    );
  return {
    folder: optionalText(args, 'folder') || '.',
    ...(system === undefined ? {} : { system }),
    ...(target === undefined || target === '' ? {} : { target }),
  };
}
