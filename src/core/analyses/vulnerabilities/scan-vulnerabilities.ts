import type { Finding } from '../../model/finding';
import type { Analysis, FileResult, SourceFile } from '../analysis';
import { checkScript } from '../javascript/script';
import { isScript } from '../language';
import { Remarks } from '../text/remarks';
import { checkLines, statements, type LineRule, type RulesByLanguage } from './line-rules';
import { goRules, javaRules } from './rules/java-go';
import { phpRules, rubyRules } from './rules/php-ruby';
import { pythonInput, pythonRules } from './rules/python';
import { configRules, htmlRules, jsonRules, terraformRules, yamlRules } from './rules/settings';
import { dockerRules, shellRules } from './rules/shell-docker';
import { cryptoRules } from './script-crypto';
import { injectionRules } from './script-injection';
import { leakRules } from './script-leaks';
import { loginRules } from './script-login';
import { pageRules } from './script-pages';
import { queryRules } from './script-queries';
import { serverRules } from './script-server';
import { findSecrets } from './secrets';

const scriptRules = [cryptoRules, injectionRules, leakRules, loginRules, pageRules, queryRules, serverRules];

const lineRules: RulesByLanguage = {
  python: pythonRules,
  java: javaRules,
  go: goRules,
  php: phpRules,
  ruby: rubyRules,
  shell: shellRules,
  docker: dockerRules,
  yaml: yamlRules,
  json: jsonRules,
  config: configRules,
  toml: configRules,
  html: htmlRules,
  terraform: terraformRules,
};

export const scanVulnerabilities: Analysis = {
  action: 'scan-vulnerabilities',
  title: 'Vulnerabilities',
  looksFor:
    'It looks for secrets, calls that turn text into code, commands, queries or paths, and protections switched off. Known vulnerabilities of dependencies are not looked up.',
  examine: (file) => ({ findings: [...findSecrets(file), ...findDanger(file)] }),
  conclude: (results) => ({ findings: [], metrics: metrics(results), notes: [] }),
};

function findDanger(file: SourceFile): Finding[] {
  if (isScript(file.language)) {
    // Tests do dangerous things on purpose, and nobody from outside reaches them.
    return file.isTest || /\.d\.[cm]?ts$/.test(file.path) ? [] : checkScript(file, scriptRules).findings;
  }
  const rules: readonly LineRule[] = lineRules[file.language] ?? [];
  const remarks = new Remarks(file);
  const lines = statements(file);
  checkLines(file, lines, rules, remarks);
  if (file.language === 'python' && !file.isTest) pythonInput(lines, remarks);
  if (file.language === 'docker') runsAsRoot(file, remarks);
  return remarks.findings;
}

/** An image without any USER runs as root; a stage that only builds may. */
function runsAsRoot(file: SourceFile, remarks: Remarks): void {
  const starts = file.lines.flatMap((line, index) => (/^\s*FROM\s/i.test(line) ? [index] : []));
  const last = starts.at(-1);
  const runs = file.lines.some((line) => /^\s*(?:CMD|ENTRYPOINT)\b/i.test(line));
  if (last === undefined || !runs || file.lines.slice(last).some((line) => /^\s*USER\s/i.test(line))) return;
  if (/nonroot|distroless/i.test(file.lines[last] ?? '')) return;
  remarks.add(
    'container/runs-as-root',
    'medium',
    last + 1,
    'No USER is named, so the program runs as root.',
    'Make a user for it.',
  );
}

function metrics(results: readonly FileResult[]): Record<string, number> {
  const findings = results.flatMap((result) => result.findings);
  const family = (name: string) => findings.filter((finding) => finding.rule.startsWith(`${name}/`)).length;
  return {
    secrets: family('secrets'),
    injections: family('injection'),
    transport: family('transport'),
    cryptography: family('crypto'),
  };
}
