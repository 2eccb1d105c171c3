/**
 * The commands that show and clear texts, for every wire, and the state and events that follow from them.
 */
import type { CommandHandlers, Hall } from '../../gateway/kernel/driver.ts';
import type { z } from 'zod';
import { callText } from './call-template.ts';
import type { BoardText, Lifetime } from './display-area.ts';
import { areaUnknown, type DisplayDesk } from './display-desk.ts';
import type { Colour, Effect, LedBoard } from './kind.ts';

/** How an area shows a text when the command does not say. */
export interface Manner {
  colour: Colour;
  effect: Effect;
  speed: number;
}

export interface DisplayCommandsOptions {
  hall: Hall<LedBoard>;
  desk: DisplayDesk;
  /** In the order of hall.yaml; the first one is meant when a command names none. */
  areas: ReadonlyMap<string, Manner>;
  callTemplate: string;
  /** Throws when the wire or the board cannot show the text there: unencodable, too long. */
  fits: (area: string, text: BoardText) => void;
}

type Input<Name extends keyof LedBoard['commands']> = z.output<LedBoard['commands'][Name]['input']>;
type Asked = Pick<Input<'show-text'>, 'area' | 'colour' | 'effect' | 'speed' | 'expiresAt' | 'showSeconds'>;
type ShowCommands = Required<Pick<CommandHandlers<LedBoard>, 'show-text' | 'show-call' | 'clear'>>;

export function displayCommands({ hall, desk, areas, callTemplate, fits }: DisplayCommandsOptions): ShowCommands {
  const show = async (asked: Asked, signal: AbortSignal, text: string, ticketNumber?: string) => {
    const area = asked.area ?? firstOf(areas);
    const wanted: BoardText = {
      ...mannerOf(asked, areas, area),
      text,
      ...(ticketNumber !== undefined && { ticketNumber }),
    };
    fits(area, wanted);
    const outcome = await desk.show(area, wanted, { ...lifetimeOf(asked), signal });
    const until = outcome.shown ? outcome.untilMs : undefined;
    return { shown: outcome.shown, area, text, ...(until !== undefined && { until: new Date(until).toISOString() }) };
  };
  return {
    'show-text': ({ text, ...asked }, signal) => show(asked, signal, text),
    async 'show-call'({ ticketNumber, window = hall.window, businessType, ...asked }, signal) {
      return show(asked, signal, callText(callTemplate, { ticketNumber, window, businessType }), ticketNumber);
    },
    async clear({ area }, signal) {
      await desk.clear(area, signal);
      return {};
    },
  };
}

function firstOf(areas: ReadonlyMap<string, Manner>): string {
  for (const name of areas.keys()) return name;
  throw areaUnknown('', []);
}

function mannerOf({ colour, effect, speed }: Asked, areas: ReadonlyMap<string, Manner>, area: string): Manner {
  const usual = areas.get(area);
  if (!usual) throw areaUnknown(area, areas.keys());
  return { colour: colour ?? usual.colour, effect: effect ?? usual.effect, speed: speed ?? usual.speed };
}

function lifetimeOf({ expiresAt, showSeconds }: Asked): Lifetime {
  return {
    ...(expiresAt !== undefined && { untilMs: Date.parse(expiresAt) }),
    ...(showSeconds !== undefined && { showMs: showSeconds * 1_000 }),
  };
}
