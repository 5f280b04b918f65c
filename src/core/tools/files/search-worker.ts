import { answerMessages } from '../../node-worker';
import { searchLines, type SearchQuestion } from './search-lines';

/** A thread that is ended when a pattern takes too long: backtracking cannot be stopped from within. */
answerMessages((message) => (message === 'ready' ? true : searchLines(message as SearchQuestion)));
