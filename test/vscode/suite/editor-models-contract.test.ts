import { systemClock } from '../../../src/core/base/clock';
import { Consent } from '../../../src/extension/models/consent';
import { VscodeModel } from '../../../src/extension/models/vscode-model';
import { allAbilities, describeChatProvider, script, type Scripted } from '../../contract/chat-provider';
import { frame } from './harness';
import { memory, testModels, type Act } from './test-models';

/** What the port's script says, as the test models do it. */
function acts(scripted: Scripted): readonly Act[] {
  switch (scripted.does) {
    case 'say':
      return [{ text: scripted.text }];
    case 'call':
      return scripted.calls.map((call, i) => ({
        call: { id: `call-${i}`, name: call.name, input: call.arguments },
      }));
    case 'wait':
      return [{ text: scripted.after }, { wait: 'cancelled' }];
    case 'fail':
      return [failing[scripted.how]];
    default:
      return scripted satisfies never;
  }
}

const failing = {
  server: { fail: 'Request failed: 500 Internal Server Error' },
  'rate-limited': { fail: 'Request failed: 429 Too Many Requests' },
  // Not the editor's own refusal, after which nobody would be asked again.
  auth: { fail: 'Request failed: 401 Unauthorized' },
  'model-gone': { fail: 'It is gone', code: 'NotFound' },
} as const satisfies Record<string, Act>;

// The editor tells neither what a request took nor why an answer ended.
const abilities = new Set([...allAbilities].filter((ability) => ability !== 'usage' && ability !== 'length'));

describeChatProvider(
  "the editor's models",
  async () => {
    const models = await testModels();
    models.follow(Object.fromEntries(Object.entries(script).map(([told, what]) => [told, acts(what)])));
    const consent = new Consent({ memory: memory(), access: undefined });
    consent.personActs();
    const provider = new VscodeModel(systemClock, consent);
    return {
      provider,
      model: 'test-large',
      dispose: () => {
        provider.dispose();
        consent.dispose();
        return Promise.resolve();
      },
    };
  },
  frame,
  abilities,
);
