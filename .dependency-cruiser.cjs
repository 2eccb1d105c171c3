// Who may import whom. Tests may import everything; .ci/imports.test.ts proves that these rules see the whole tree.
const TEST = '[.]test[.]ts$';
/** What only tests run, though it is no test itself: shared promises, stand-ins, programs that are killed. */
const TEST_SUPPORT =
  '^devices/(conformance|recording-hall)[.]ts$|/(testing-[^/]+|proving-ground|victim)[.]ts$|[.]fixture[.]ts$|/spool/power/';
const OURS = '^(gateway|devices|firmware-bridge|simulators|bench|config)/';
const FRAMES = '^devices/[^/]+/frames[.]json$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A module that nobody imports and that imports nobody is dead, or its user is missing.',
      severity: 'error',
      from: { orphan: true, pathNot: [TEST, '[.](cjs|mjs|json)$', '[.]d[.]m?ts$', '[.]config[.](js|ts)$'] },
      to: {},
    },
    {
      name: 'kernel-imports-nothing-of-ours',
      comment: 'The kernel holds the words that everybody shares; it knows nobody.',
      severity: 'error',
      from: { path: '^gateway/kernel/', pathNot: TEST },
      to: { path: OURS, pathNot: '^gateway/kernel/' },
    },
    {
      name: 'firmware-bridge-imports-kernel-only',
      comment: 'Lines and framing serve every device, so they know none.',
      severity: 'error',
      from: { path: '^firmware-bridge/', pathNot: [TEST, TEST_SUPPORT] },
      to: { path: OURS, pathNot: '^(gateway/kernel|firmware-bridge)/' },
    },
    {
      name: 'device-imports-no-other-kind',
      comment: 'A kind stands alone: kernel, firmware-bridge and its own folder.',
      severity: 'error',
      from: { path: '^devices/([^/]+)/', pathNot: [TEST, TEST_SUPPORT] },
      to: { path: OURS, pathNot: ['^(gateway/kernel|firmware-bridge)/', '^devices/$1/'] },
    },
    {
      name: 'device-list-imports-drivers-only',
      comment: 'devices/index.ts is a list, and nothing else.',
      severity: 'error',
      from: { path: '^devices/index[.]ts$' },
      to: { path: OURS, pathNot: ['^gateway/kernel/', '^devices/[^/]+/'] },
    },
    {
      name: 'only-composition-sees-devices',
      comment: 'The gateway works with any driver; only main.ts and compose.ts know which there are.',
      severity: 'error',
      from: { path: '^gateway/', pathNot: [TEST, TEST_SUPPORT, '^gateway/(main|compose)[.]ts$'] },
      to: { path: '^(devices|firmware-bridge)/' },
    },
    {
      name: 'gateway-imports-no-simulator',
      comment: 'The box in the hall carries no simulated devices and no generators.',
      severity: 'error',
      from: { path: '^(gateway|devices|firmware-bridge)/', pathNot: [TEST, TEST_SUPPORT] },
      to: { path: '^(simulators|bench|config|[.]ci)/' },
    },
    {
      name: 'nobody-imports-composition',
      comment: 'main.ts, run.ts and compose.ts stand at the top; whoever needs one of their parts imports the part.',
      severity: 'error',
      from: { path: OURS, pathNot: [TEST, TEST_SUPPORT, '^gateway/(main|run)[.]ts$', '^bench/'] },
      to: { path: '^gateway/(main|run|compose)[.]ts$' },
    },
    {
      name: 'simulator-shares-data-only',
      comment:
        'A simulator that borrows the driver’s code agrees with every mistake in it; frames.json is data with a source.',
      severity: 'error',
      from: { path: '^simulators/', pathNot: TEST },
      to: { path: '^(gateway|devices|firmware-bridge|bench|config)/', pathNot: FRAMES },
    },
    {
      name: 'only-the-spool-knows-sql',
      comment: 'The engine can be exchanged behind the narrow port of the spool.',
      severity: 'error',
      from: { pathNot: [TEST, '^gateway/spool/', '^bench/'] },
      to: { path: 'node_modules/sqlite3/' },
    },
    {
      name: 'product-imports-no-dev-dependency',
      comment: 'What runs on the box is a dependency, not a tool.',
      severity: 'error',
      from: { path: '^(gateway|devices|firmware-bridge)/', pathNot: [TEST, TEST_SUPPORT] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'product-imports-no-test',
      comment: 'Tests use the product, never the other way; what two tests share has a file of its own.',
      severity: 'error',
      from: { pathNot: [TEST, TEST_SUPPORT, '^bench/'] },
      to: { path: [TEST, TEST_SUPPORT] },
    },
    {
      name: 'every-import-is-found',
      comment: 'A module or package that cannot be resolved, or that package.json does not name.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'every-package-is-named',
      comment: 'A package that only comes along with another one may go away with it.',
      severity: 'error',
      from: { path: OURS },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|[.]cache|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
