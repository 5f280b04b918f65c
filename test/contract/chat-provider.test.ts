import { beforeAll, describe, it } from 'vitest';
import { builtProviders, connectBuilt } from '../support/built-providers';
import { startScriptedModel } from '../support/scripted-model';
import { connectionTo, wireKinds } from '../support/provider-connection';
import { describeChatProvider } from './chat-provider';

beforeAll(() => builtProviders(), 120_000);

for (const kind of wireKinds)
  describeChatProvider(
    `${kind}, built, over a model server`,
    async () => {
      const server = await startScriptedModel();
      return {
        provider: await connectBuilt(connectionTo(kind, server.url)),
        model: `${kind}-for-tests`,
        // Its connections end when this side lets go of them, which is not waited for.
        dispose: async () => void server.stop(),
      };
    },
    { describe, it },
  );
