import { describeAgent } from './agent-suite';

const WRITES = ['write_file', 'edit_file', 'apply_patch', 'delete_file'];

describeAgent('backend', {
  best: 'implement endpoints',
  action: 'implement-endpoint',
  may: ['write_file', 'run_tests', 'create_api_endpoint'],
  mayNot: ['run_command', 'delete_file', 'fetch_page', 'delegate'],
  never: /Build a query by joining strings with input/,
});
describeAgent('frontend', {
  best: 'build user interfaces',
  action: 'implement_component',
  may: ['edit_file', 'run_build'],
  mayNot: ['run_command', 'query_es', 'delete_file'],
  never: /Insert markup from data without escaping/,
});
describeAgent('devops', {
  best: 'build pipelines',
  action: 'deploy-staging',
  may: ['run_command', 'create_docker_config'],
  mayNot: ['delete_file', 'fetch_page'],
  never: /Run remote scripts piped into a shell/,
});
describeAgent('security', {
  best: 'scan vulnerabilities',
  action: 'scan-vulnerabilities',
  may: ['read_file', 'search_files'],
  mayNot: [...WRITES, 'run_command', 'run_build', 'run_tests', 'fetch_page', 'web_search'],
  never: /Repeat a secret's value/,
});
describeAgent('quality', {
  best: 'review code',
  action: 'lint-codebase',
  may: ['get_diagnostics', 'validate_code'],
  mayNot: [...WRITES, 'run_command', 'fetch_page'],
  never: /Approve with a remark you would block on/,
});
describeAgent('performance', {
  best: 'analyze performance',
  action: 'analyse-performance',
  may: ['run_command', 'find_references'],
  mayNot: [...WRITES, 'fetch_page'],
  never: /Quote a speed-up from a single run/,
});
describeAgent('testing', {
  best: 'write tests',
  action: 'Generate Tests',
  may: ['create_test', 'run_tests'],
  mayNot: ['run_command', 'delete_file', 'fetch_page'],
  never: /Skip, delete or loosen a test/,
});
describeAgent('architect', {
  best: 'design architecture',
  action: 'review-architecture',
  may: ['find_references'],
  mayNot: [...WRITES, 'run_command', 'run_build', 'fetch_page'],
  never: /Present one option as if there were no other/,
});
