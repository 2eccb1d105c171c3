/**
 * Waiting for something to become true, with a deadline and a sentence that says what was missed.
 */
const POLL_MS = 5;
const TIMEOUT_MS = 15_000;

/**
 * Resolves with the first truthy answer of `condition`.
 *
 * @throws Error naming `what` when it has not come within `timeoutMs`.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = TIMEOUT_MS,
): Promise<NonNullable<T>> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (performance.now() > deadlineMs) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
