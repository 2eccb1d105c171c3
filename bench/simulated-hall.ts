/**
 * The owner's side of the simulated hall, which runs in a process of its own (bench/hall-process.ts).
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Happening } from '../simulators/hall/stand-in.ts';
import { newsSchema, type DayOrder, type HookDeed, type LivedDay, type News, type Order } from './hall-messages.ts';

export interface SimulatedHallProcess {
  /** For each device the event types that it bears witness to. */
  readonly speaks: ReadonlyMap<string, readonly string[]>;
  /** Lives a day, or part of one; resolves when it is over or, after `rest`, when what had begun is done. One at a time. */
  live(day: DayOrder): Promise<LivedDay>;
  rest(): void;
  /** Resolves when every device is gone and all that happened was told. */
  close(): Promise<void>;
}

export interface SimulatedHallOptions {
  /** hall.yaml */
  file: string;
  seed: number;
  onHappening: (happening: Happening) => void;
  onHook: (deed: HookDeed) => void;
}

/** @throws Error when the hall cannot stand; why is on the terminal. */
export async function startSimulatedHall(options: SimulatedHallOptions): Promise<SimulatedHallProcess> {
  const child = fork(new URL('./hall-process.ts', import.meta.url), [options.file, String(options.seed)], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  });
  const ended = once(child, 'exit');
  child.on('message', (message) => {
    const news = newsSchema.parse(message);
    if (news.said === 'happened') news.happenings.forEach(options.onHappening);
    if (news.said === 'hook') options.onHook(news.deed);
  });
  const order = (what: Order) => void child.send(what);
  const standing = await newsOf(child, 'standing');
  return {
    speaks: new Map(standing.speaks),
    async live(day) {
      order({ do: 'live', day });
      return (await newsOf(child, 'lived')).life;
    },
    rest() {
      order({ do: 'rest' });
    },
    async close() {
      if (child.connected) order({ do: 'leave' });
      await ended;
    },
  };
}

type NewsOf<Said extends News['said']> = Extract<News, { said: Said }>;

/** @throws Error when the hall ends without saying it. */
function newsOf<Said extends News['said']>(child: ChildProcess, said: Said): Promise<NewsOf<Said>> {
  const isWanted = (news: News): news is NewsOf<Said> => news.said === said;
  return new Promise((resolve, reject) => {
    const listen = (message: unknown) => {
      const news = newsSchema.parse(message);
      if (!isWanted(news)) return;
      child.off('message', listen);
      child.off('exit', fail);
      resolve(news);
    };
    const fail = (code: number | null) => {
      child.off('message', listen);
      reject(new Error(`the simulated hall ended with ${code ?? 'a signal'} before it had said "${said}"`));
    };
    child.on('message', listen);
    child.once('exit', fail);
  });
}
