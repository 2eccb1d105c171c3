/**
 * 24 hours of the reference hall at speed, with everything that goes wrong in a hall, and then a morning on which the gateway is
 * killed as well. What happened at the devices must be at the centre, no more and no less; and after 24 hours without a restart
 * the gateway must not have grown. They run from noon to noon, so that the second hour and the last one are both hours with people:
 * before the first visitor, a gateway that was just started has not even read most of its program.
 */
import { compareText } from '../simulators/hall/compare-text.ts';
import { writeReferenceHall } from '../simulators/hall/reference-hall.ts';
import { bundledGateway } from './bundled-gateway.ts';
import type { Measurement, Size } from './figure.ts';
import { whenOnline } from './online-devices.ts';
import type { LivedDay } from './hall-messages.ts';
import { watchMemory } from './lived-hours.ts';
import { truthFigures } from './truth-figures.ts';
import { standWholeHall, type HallEnd, type WholeHall } from './whole-hall.ts';
import { withWorkFolder } from './work-folder.ts';

const SIZES = {
  full: {
    parts: [
      { fromHour: 12, throughHour: 24 },
      { fromHour: 0, throughHour: 12 },
    ],
    ...{ speed: 180, morning: { throughHour: 10, speed: 30 }, visits: 2_500 },
  },
  quick: {
    parts: [{ fromHour: 9, throughHour: 10 }],
    ...{ speed: 1_800, morning: { throughHour: 9.25, speed: 300 }, visits: 250 },
  },
};
const SEED = 1;
const STAFF = 300;
const MORNING = 9;
const FAULTS_PER_HOUR = 6;
/** A gateway kill is one fault among many: on the morning there are more of all. */
const MORNING_FAULTS_PER_HOUR = 40;
const GROWTH_MAX = 1.05;
/** Whatever the last part runs over is not another hour. */
const HOURS_MAX = 24;

export async function benchLongDay(size: Size): Promise<Measurement[]> {
  const command = await bundledGateway();
  return withWorkFolder(async (folder) => {
    const hall = await standWholeHall({ write: writeReferenceHall, folder, command, seed: SEED });
    const lived = await liveOn(hall, size).catch(async (thrown: unknown) => {
      await hall.end();
      throw thrown;
    });
    const end = await hall.end();
    if (!end.truth.ok) console.error(compareText(end.truth));
    return figures(lived, end, size);
  });
}

interface LivedOn {
  /** One after the other, without a restart in between. */
  parts: LivedDay[];
  morning: LivedDay;
  /** Mean memory of each hour of the day, MB RSS. */
  hours: number[];
}

async function liveOn(hall: WholeHall, size: Size): Promise<LivedOn> {
  const { parts: hoursOf, speed, visits, morning: pace } = SIZES[size];
  const gateway = hall.startGateway();
  await whenOnline(hall);
  const memory = watchMemory(() => gateway.pid, speed);
  const order = { visits, staff: STAFF, speed, hooks: ['uplink' as const], faultsPerHour: FAULTS_PER_HOUR };
  const parts: LivedDay[] = [];
  for (const [nth, hours] of hoursOf.entries()) {
    parts.push(await hall.devices.live({ ...order, ...hours, seed: SEED + nth }));
  }
  memory.stop();
  const morning = await hall.devices.live({
    ...{ ...order, seed: SEED + hoursOf.length, hooks: ['uplink', 'gateway'], faultsPerHour: MORNING_FAULTS_PER_HOUR },
    ...{ fromHour: MORNING, ...pace },
  });
  return { parts, morning, hours: memory.hours().slice(0, HOURS_MAX) };
}

function figures({ parts, morning, hours }: LivedOn, end: HallEnd, size: Size): Measurement[] {
  const { speed, visits, morning: pace } = SIZES[size];
  const lagMinutes = (Math.max(...parts.map(({ lagMs }) => lagMs), morning.lagMs) / 60_000).toFixed(0);
  const faults = parts.reduce((sum, part) => sum + faultsIn(part), 0);
  const note =
    `${visits} visits a day at ${speed} times the pace of a hall; ${faults} faults, then a morning at ${pace.speed} times with ${faultsIn(morning)} more, ` +
    `kills of the gateway among them; the latest deed was ${lagMinutes} simulated minutes late`;
  const [first = 0, second = first] = hours;
  return [
    ...truthFigures('long day', end, note),
    {
      ...{
        name: `long day: memory in the last of ${hours.length} hours`,
        value: hours.at(-1) ?? 0,
        unit: 'MB RSS',
      },
      ...{ peer: { name: 'second hour', value: second }, budget: { of: 'ratio', atMost: GROWTH_MAX } },
      note: `means of simulated hours from noon to noon, without a restart in between: ${hours.map(Math.round).join(' ')}`,
    },
  ];
}

function faultsIn({ faults }: LivedDay): number {
  return faults['begins'] ?? 0;
}
