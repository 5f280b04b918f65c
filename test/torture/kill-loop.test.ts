import { describeKillLoop } from './kill-loop-suite';

describeKillLoop(Number(process.env['BATON_KILLS'] ?? 100));
