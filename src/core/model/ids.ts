/** A run's id: sortable by start time, unique across stores. */
export type RunId = string;
/** A step's key, unique in its workflow. */
export type StepKey = string;
/** An approval's id, unique in its run. */
export type ApprovalId = string;
/** Canonical name of an agent, e.g. "security". */
export type AgentName = string;
/** Lower-case hex SHA-256. */
export type Sha256 = string;
