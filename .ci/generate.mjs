// `npm run generate`: writes the documents that are derived from the code (schemas, AsyncAPI, error table). A test says
// when they are stale.
import { join } from 'node:path';
import { onTerminal } from './console.mjs';
import { ROOT, setUp } from './set-up.mjs';

await setUp({ for: 'build' });
process.exitCode = await onTerminal(process.execPath, ['--import', 'tsx', join(ROOT, '.ci', 'write-generated.ts')], {
  cwd: ROOT,
});
