/**
 * Runs a panel of business buttons on a hall board (docs/firmware.md): key 3 is the wish for a business. The board keeps a press
 * until it is on disk here; so many presses are so many wishes, whatever happened in between.
 */
import { z } from 'zod';
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { positionSchema, type Position } from '../../firmware-bridge/firmata/board-position.ts';
import { boardSettings, stockSettings } from '../../firmware-bridge/firmata/board-settings.ts';
import { openHallBoard, type BoardHall, type BoardPress } from '../../firmware-bridge/firmata/hall-board.ts';
import { BEEP, BLINKING, DARK, STEADY } from '../../firmware-bridge/firmata/output-patterns.ts';
import type { Business, ButtonsState } from './buttons.ts';
import type { TicketDispenser } from './kind.ts';
import type { KioskState, Witness } from './kiosk.ts';
import { businessType } from './words.ts';

const KEYS_MAX = 8;

const key = z.strictObject({
  key: z.int().min(1).max(KEYS_MAX).describe('number of the key on the board'),
  ...businessType.shape,
});

export const boardPanelSettings = {
  ...boardSettings,
  ...stockSettings,
  keys: z.array(key).min(1).max(KEYS_MAX).describe('which key is which business'),
  openLamp: z
    .int()
    .min(0)
    .max(8)
    .default(2)
    .describe('lamp that is lit while people may take tickets, and blinks while there is no paper; 0: none'),
};

export const boardPanelConfig = z.strictObject(boardPanelSettings).superRefine(refuseSecondBusiness);

/** A key is one business. */
export function refuseSecondBusiness({ keys }: { keys: readonly { key: number }[] }, context: z.RefinementCtx): void {
  for (const [index, each] of keys.entries()) {
    if (keys.findIndex((other) => other.key === each.key) === index) continue;
    context.addIssue({ code: 'custom', path: ['keys', index, 'key'], message: 'is another business already' });
  }
}

export type BoardPanelConfig = z.output<typeof boardPanelConfig>;

export interface BoardPanelOptions {
  /** Makes a press durable with its witness; the board is told after it resolves. */
  onPress: (business: Business, witness: Witness) => Promise<void>;
  /** Called for changes only. */
  onState: (state: ButtonsState) => void;
  onPaper?: (present: boolean) => void;
  /** How presence is told; absent: the panel is a part of a kiosk, which tells its own. */
  presence?: Pick<BoardHall, 'online' | 'offline'>;
  /** Hands over the lamp as soon as it can be set. */
  onLamp?: (lamp: PanelLamp) => void;
}

type LampState = 'open' | 'closed' | 'no-paper';

/** What the panel's lamp says to people. */
export interface PanelLamp {
  /** Resolves when the board confirmed; said anew by itself when the panel is back. */
  show(state: LampState): Promise<void>;
  beep(): Promise<void>;
}

/** What people are told about a kiosk in this state. */
export function lampStateOf({ enabled, paper }: Pick<KioskState, 'enabled' | 'paper'>): LampState {
  if (!enabled) return 'closed';
  return paper === 'out' ? 'no-paper' : 'open';
}

/** Where the position in the board's records is kept. */
const PANEL_CURSOR = 'panel';
/** A press that was heard within this time is stamped when it is recorded, as on every other wire. */
const FRESH_MS = 2_000;
const LAMP_PATTERNS = { open: STEADY, closed: DARK, 'no-paper': BLINKING } as const;

/** Runs until `hall.signal` aborts; an absent panel is a state, never a rejection. */
export async function runBoardPanel(
  config: BoardPanelConfig,
  hall: Hall<TicketDispenser>,
  options: BoardPanelOptions,
): Promise<void> {
  const stored = positionSchema.safeParse(await hall.cursor(PANEL_CURSOR));
  if (hall.signal.aborted) return;
  const businesses = new Map(config.keys.map((each) => [each.key, { code: each.code, name: each.name }]));
  const unknown = unknownReporter(hall);
  let lampState: LampState | undefined;
  const cursorAt = (position: Position) => ({ name: PANEL_CURSOR, value: { ...position } });
  const onPosition = async (position: Position) => {
    await hall.record([], cursorAt(position));
  };
  const onPress = async (press: BoardPress, position: Position | undefined) => {
    const business = businesses.get(press.key);
    if (business) await options.onPress(business, witnessOf(press, hall, position && cursorAt(position)));
    else unknown(press.key);
    if (!business && position) await onPosition(position);
  };
  const board = openHallBoard({
    settings: config,
    profile: 'button-panel',
    hall: {
      line: (name) => hall.line(name),
      share: (name, open) => hall.share(name, open),
      signal: hall.signal,
      log: hall.log.child({ part: 'panel' }),
      online: (identity) => options.presence?.online(identity),
      offline: (reason) => options.presence?.offline(reason),
    },
    position: stored.data,
    onPress,
    onPosition,
    ...(options.onPaper && { onPaper: options.onPaper }),
    onUp() {
      options.onState({ part: 'present' });
      if (lampState) void lamp.show(lampState).catch(() => undefined);
    },
    onDown: (reason) => options.onState({ part: 'absent', reason }),
  });
  const lamp: PanelLamp = {
    async show(state) {
      lampState = state;
      if (config.openLamp > 0) await board.output(config.openLamp, LAMP_PATTERNS[state]);
    },
    beep: () => board.output(0, BEEP),
  };
  options.onLamp?.(lamp);
  await board.ended;
}

function witnessOf(
  { naturalKey, ageMs = 0 }: BoardPress,
  hall: Hall<TicketDispenser>,
  cursor: Witness['cursor'],
): Witness {
  const isOld = ageMs > FRESH_MS && hall.clock.synced();
  return {
    ...(naturalKey !== undefined && { naturalKey: `press:${naturalKey}` }),
    ...(isOld && { deviceTimeMs: hall.clock.now() - ageMs }),
    ...(cursor && { cursor }),
  };
}

/** Tells of each key without a business once. */
function unknownReporter({ log }: Hall<TicketDispenser>): (key: number) => void {
  const told = new Set<number>();
  return (pressed) => {
    if (told.has(pressed)) return;
    told.add(pressed);
    const message = `Key ${pressed} of the panel was pressed; hall.yaml gives it no business.`;
    log.error('button.unknown', new HallError('kiosk.button-unknown', { message, facts: { key: pressed } }));
  };
}
