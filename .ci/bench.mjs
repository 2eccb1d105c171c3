// `npm run bench`: measures the budgets. Arguments go to bench/run.ts.
import { join } from 'node:path';
import { onTerminal } from './console.mjs';
import { ROOT, setUp } from './set-up.mjs';

await setUp({ for: 'bench' });
const args = ['--import', 'tsx', join(ROOT, 'bench', 'run.ts'), ...process.argv.slice(2)];
process.exitCode = await onTerminal(process.execPath, args, { cwd: ROOT });
