// The runner as it stands in the source tree, where TypeScript must be translated first. No part of the product: beside the
// bundle stands board-runner.mjs, and what translates is named as a text because only developers have it.
const TRANSLATOR = 'tsx/esm/api';
const { register } = await import(TRANSLATOR);

register();
await import('./runner.ts');
