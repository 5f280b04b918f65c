import type { ParticipantName } from '../../model/message';

/** One stay of an agent under a name. What a former attempt still holds in its hands speaks for nobody any more. */
export interface Session {
  readonly name: ParticipantName;
  isOver: boolean;
}
