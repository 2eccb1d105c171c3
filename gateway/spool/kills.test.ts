// A gateway that is killed in the middle of its work, again and again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { accountedFor, envelopeOf, freshFolder, openTestSpool, readAll, upTo } from './proving-ground.ts';

const KILLS = 6;
const LIFE_MS_MAX = 120;

it('has every acknowledged event once, without a gap, after each kill', { timeout: 60_000 }, async () => {
  const folder = freshFolder();
  const acknowledged = new Map<number, string>();
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await liveAndDie(folder.path, acknowledged, Math.random() * LIFE_MS_MAX);
      const spool = await openTestSpool(folder.path);
      const { confirmed, head, lost } = spool.status();
      const events = await readAll(spool);
      await spool.close();
      const found = new Map(events.map((event) => [event.sequence, envelopeOf(event).id]));
      const missing = [...acknowledged].filter(([sequence, id]) => sequence > confirmed && found.get(sequence) !== id);
      expect(missing).toEqual([]);
      expect(accountedFor(events)).toEqual(upTo(head, confirmed + 1));
      expect(new Set(found.values()).size).toBe(events.length);
      expect(lost).toBe(0);
    }
    expect(acknowledged.size).toBeGreaterThan(KILLS);
  } finally {
    folder.remove();
  }
});

/** Kills the process some time after its first acknowledgement. Throws if a sequence was acknowledged for two events. */
async function liveAndDie(folder: string, acknowledged: Map<number, string>, lifeMs: number): Promise<void> {
  const victim = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'victim.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  victim.stdout.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  await once(victim.stdout, 'data');
  setTimeout(() => victim.kill('SIGKILL'), lifeMs);
  await once(victim, 'close');
  // The last line may be cut; an acknowledgement that was not said to the end was not heard.
  for (const line of text.split('\n').slice(0, -1)) {
    const [sequence, id] = line.split(' ');
    if (acknowledged.has(Number(sequence))) throw new Error(`sequence ${String(sequence)} was acknowledged twice`);
    acknowledged.set(Number(sequence), id ?? '');
  }
}
