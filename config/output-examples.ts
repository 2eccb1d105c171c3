/**
 * What a `done` result carries, for the documents; a command that gives nothing back needs no row. The documents' test
 * holds each row against the command's own schema.
 */
const OUTPUT_EXAMPLES: Record<string, unknown> = {
  'evaluator/show-ticket': { shown: '023' },
  'evaluator/start-evaluation': { timeoutSeconds: 30 },
  'fingerprint-clock/set-time': { deviceTime: '2026-06-01T09:12:31', driftBeforeMs: 95_000, driftAfterMs: 0 },
  'fingerprint-clock/read-log': { read: 1_204, fresh: 3 },
};

export function outputExample(kind: string, command: string): unknown {
  return OUTPUT_EXAMPLES[`${kind}/${command}`] ?? {};
}
