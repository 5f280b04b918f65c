import { describeKillLoop } from '../torture/kill-loop-suite';

describeKillLoop(20);
