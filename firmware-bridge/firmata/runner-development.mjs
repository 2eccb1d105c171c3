// The runner as it stands in the source tree, where TypeScript must be translated first.
import { register } from 'tsx/esm/api';

register();
await import('./runner.ts');
