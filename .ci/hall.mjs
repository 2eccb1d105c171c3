// `npm run hall -- ...`: set-up, then the hall simulator's command line (from source), in the folder where npm was called.
import { runInForeground } from './foreground.mjs';
import { setUp } from './set-up.mjs';

await setUp({ for: 'hall' });
// npm runs scripts in the repository's folder; paths on the command line are meant from where the person is.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
runInForeground('simulators/hall/cli.ts', process.argv.slice(2));
