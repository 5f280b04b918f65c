import { answerMessages } from '../node-worker';
import { answer } from './answer';

// The analyses run on a thread of their own: parsing a large file must never hold up an editor.
answerMessages(answer);
