/** The tools that an agent's file may name, by what they can do at most. What a call really may do is policy's business. */
export const READING_TOOLS = [
  'read_file',
  'list_files',
  'search_files',
  'find_symbols',
  'find_definition',
  'find_references',
  'get_diagnostics',
  'validate_code',
  'score_opportunity',
] as const;

const WRITING_TOOLS = [
  'write_file',
  'edit_file',
  'apply_patch',
  'delete_file',
  'create_api_endpoint',
  'create_test',
  'create_docker_config',
  'generate_docs',
] as const;

const RUNNING_TOOLS = ['run_command', 'run_build', 'run_tests'] as const;

const REACHING_TOOLS = [
  'fetch_page',
  'web_search',
  'github_search_code',
  'github_search_repositories',
  'github_search_issues',
  'create_es_index',
  'query_es',
  'generate_embeddings',
] as const;

/** Hands a part of the work to another agent. */
const DELEGATING_TOOLS = ['delegate'] as const;

/** Speak with other agents of the run. Whoever may delegate has them without naming them. */
const TALKING_TOOLS: ReadonlySet<string> = new Set([
  'send_message',
  'broadcast',
  'publish',
  'subscribe',
  'ask_agent',
  'read_messages',
  'answer_message',
  'share',
  'read_shared',
  'lock_shared',
  'unlock_shared',
]);

export const TOOL_NAMES: ReadonlySet<string> = new Set([
  ...READING_TOOLS,
  ...WRITING_TOOLS,
  ...RUNNING_TOOLS,
  ...REACHING_TOOLS,
  ...DELEGATING_TOOLS,
]);

/** Whether an agent's file may name it. */
export const isToolName = (name: string): boolean => TOOL_NAMES.has(name) || TALKING_TOOLS.has(name);
