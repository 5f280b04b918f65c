import { answerMessages } from '../../node-worker';
import type { PageQuestion } from './page';
import { readPage } from './page-document';

// A page may be made to be read for ever; a thread can be ended, and takes nothing with it.
answerMessages((message) => readPage(message as PageQuestion));
