/**
 * What a `done` result carries, for the documents; a command that gives nothing back needs no row. The documents' test
 * holds each row against the command's own schema.
 */
const OUTPUT_EXAMPLES: Record<string, unknown> = {
  'evaluator/show-ticket': { shown: '023' },
  'evaluator/start-evaluation': { timeoutSeconds: 30 },
  'evaluator/cancel-evaluation': { cancelled: true },
  'fingerprint-clock/set-time': { deviceTime: '2026-06-01T09:12:31', driftBeforeMs: 95_000, driftAfterMs: 0 },
  'fingerprint-clock/read-log': { read: 1_204, fresh: 3 },
  'ticket-dispenser/print-ticket': { ticketNumber: 'A023', issuedAt: '2026-06-01T09:12:33+08:00', printed: 'now' },
  'ticket-dispenser/reprint': { ticketNumber: 'A023', issuedAt: '2026-06-01T09:12:33+08:00', copy: 2 },
};

export function outputExample(kind: string, command: string): unknown {
  return OUTPUT_EXAMPLES[`${kind}/${command}`] ?? {};
}
