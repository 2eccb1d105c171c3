/**
 * The simulated hall in a process of its own, so that neither the gateway nor who measures it waits for 375 devices:
 *
 *     node hall-process HALL.YAML SEED     talks to its parent as bench/hall-messages.ts says
 */
import { startCommandSender, type CommandSender } from '../simulators/central/command-sender.ts';
import { planDay } from '../simulators/hall/day.ts';
import { HOUR_MS } from '../simulators/hall/day-curve.ts';
import { scheduleFaults } from '../simulators/hall/fault-schedule.ts';
import { startFaults, type FaultEntry } from '../simulators/hall/faults.ts';
import { readHallFile, secretText } from '../simulators/hall/hall-file.ts';
import { startLife } from '../simulators/hall/life.ts';
import { standUpHall } from '../simulators/hall/standing.ts';
import type { Happening } from '../simulators/hall/stand-in.ts';
import { seededRandom } from '../simulators/kit/random.ts';
import { orderSchema, type DayOrder, type HookDeed, type LivedDay, type News } from './hall-messages.ts';

/** Happenings are told in lots: each message is work for two processes. */
const TELL_MS = 50;
const [settings = '', seed = '1'] = process.argv.slice(2);

const file = await readHallFile(settings);
const untold: Happening[] = [];
const hall = await standUpHall({
  file,
  seed: Number(seed),
  onHappening(happening) {
    untold.push(happening);
  },
});
const telling = setInterval(tellAll, TELL_MS);
let programme: CommandSender | undefined;
let evening = new AbortController();
// Nobody is left to tell.
process.once('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const order = orderSchema.parse(message);
  if (order.do === 'live') void live(order.day).then((life) => say({ said: 'lived', life }));
  if (order.do === 'rest') evening.abort();
  if (order.do === 'leave') void leave();
});
say({ said: 'standing', speaks: [...hall.speaks].map(([device, types]) => [device, [...types]]) });

function say(news: News): void {
  process.send?.(news);
}

function tellAll(): void {
  if (untold.length > 0) say({ said: 'happened', happenings: untold.splice(0) });
}

/** Resolves when everything that had begun is done. */
async function live(day: DayOrder): Promise<LivedDay> {
  evening = new AbortController();
  const random = seededRandom(day.seed);
  const { speed, visits, staff, faultsPerHour: perHour, hooks } = day;
  const [fromMs, throughMs] = [day.fromHour * HOUR_MS, day.throughHour * HOUR_MS];
  const actors = planDay({ devices: file.devices, random: random.fork(), visits, staff });
  const plan = scheduleFaults({ devices: hall.devices, random: random.fork(), perHour, fromMs, throughMs, hooks });
  programme ??= await callingProgramme();
  const sender = programme;
  const life = startLife({
    ...{ actors, devices: hall.devices, speed, fromMs, throughMs, signal: evening.signal },
    async sendCommand(kind, device, command, data) {
      return (await sender.sendCommand(kind, device, command, data)).at(-1)?.status ?? 'unanswered';
    },
  });
  const faults = startFaults({
    ...{ plan, devices: hall.devices, speed, fromMs, signal: evening.signal },
    hooks: { uplink: { pull: hook('pull-uplink'), plug: hook('plug-uplink') }, killGateway: hook('kill-gateway') },
  });
  const [{ done, refused, lagMs }, log] = await Promise.all([life.over, faults.over]);
  tellAll();
  return { done, refused: Object.fromEntries(refused), lagMs, faults: phasesOf(log) };
}

function hook(deed: HookDeed): () => void {
  return () => say({ said: 'hook', deed });
}

function phasesOf(log: readonly FaultEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { phase, fault, reason } of log) {
    const what = reason === undefined ? phase : `${phase} (${fault}: ${reason})`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

/** The first software account of the hall may command every device. */
async function callingProgramme(): Promise<CommandSender> {
  const account = file.broker?.accounts.find(({ role }) => role === 'software');
  if (!account?.password || file.broker?.listen === undefined) throw new Error('no programme may command this hall');
  const password = await secretText(account.password, process.env);
  const url = `mqtt://${file.broker.listen}`;
  return startCommandSender({ url, hall: file.hall.id, clientId: account.user, username: account.user, password });
}

async function leave(): Promise<void> {
  clearInterval(telling);
  await programme?.close();
  await hall.close();
  tellAll();
  process.disconnect();
}
