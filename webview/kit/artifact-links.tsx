import type { ArtifactRef } from '../../src/core/model/artifact';
import { fileName, formatSize } from '../words/format';
import { send } from '../host';
import { Icon, Link } from './toolkit';

/** What a step produced; each opens in the native editor. */
export function ArtifactLinks(props: { readonly runId: string; readonly artifacts: readonly ArtifactRef[] }) {
  return (
    <ul class="links">
      {props.artifacts.map((artifact) => (
        <li key={`${artifact.hash} ${artifact.path}`}>
          <Link
            title={`${artifact.path}, ${formatSize(artifact.size)}`}
            onClick={() =>
              send({
                type: 'open-artifact',
                runId: props.runId,
                hash: artifact.hash,
                path: artifact.path,
              })
            }
          >
            <Icon name="file" /> {fileName(artifact.path)}
          </Link>
        </li>
      ))}
    </ul>
  );
}
