/**
 * Whether a path (relative to the workspace folder, forward slashes) is a workflow's by its name alone: "own" by
 * its ending or folder, "maybe" where the content decides, "no" else.
 */
export function isWorkflowPath(path: string): 'own' | 'maybe' | 'no' {
  const parts = path.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  const name = parts[parts.length - 1] ?? '';
  const folders = parts.slice(0, -1);
  if (!/\.(ya?ml|json)$/i.test(name) || folders.includes('.github')) return 'no';
  if (/\.baton\.(ya?ml|json)$/i.test(name)) return 'own';
  const at = folders.lastIndexOf('.baton');
  if (at >= 0 && folders[at + 1] === 'workflows') return 'own';
  return folders.includes('workflows') ? 'maybe' : 'no';
}
