/**
 * A tablet at a window that speaks MQTT itself, over TCP or WebSocket: it shows the prompt, the citizen presses, walks away
 * or presses twice; it keeps what it could not say while its network is away. `truth` is what people truly did.
 */
import { startMqttLink, type MqttLink, type Receipt } from '../kit/mqtt-link.ts';
import { seededRandom } from '../kit/random.ts';
import { recording } from '../kit/recording.ts';

export interface TabletOptions {
  /** `mqtt://host:port` or `ws://host:port` of the gateway's broker. */
  url: string;
  username: string;
  password: string;
  /** Id of the device entry. */
  device: string;
  /** The window that is set in the tablet. */
  window?: string;
  heartbeatMs?: number;
  seed?: number;
  onTruth?: (entry: TabletTruth) => void;
}

/** What a person did at the tablet, at its time by the tablet's clock. */
export type TabletTruth = { atMs: number; evaluationId: string } & (
  { did: 'rated'; level: number; reasons?: readonly string[]; id: string } | { did: 'declined' | 'walked-away' }
);

export interface Prompt {
  evaluationId: string;
  timeoutSeconds: number;
  ticketNumber?: string;
  visitId?: string;
  window?: string;
  levels: { level: number; label: string }[];
  reasons: Record<string, string[]>;
}

export interface Answer {
  reasons?: readonly string[];
  comment?: string;
  indicators?: Record<string, number>;
}

export interface SimulatedTablet {
  readonly link: MqttLink;
  readonly screen: TabletScreen;
  readonly truth: readonly TabletTruth[];
  receiptOf(id: string): Receipt | undefined;
  /**
   * A citizen presses; resolves the message's identity, whether or not the network is there.
   *
   * @throws Error when no prompt is on the screen.
   */
  answer(level: number, more?: Answer): string;
  /** Presses twice before the screen has closed the prompt: two messages. */
  doublePress(first: number, second: number, more?: Answer): [string, string];
  /** The citizen leaves: the tablet's own timer ends the prompt. */
  walkAway(): string;
  /** The citizen closes the prompt. */
  decline(): string;
  /** A program with a mistake in it: any fields instead of the right ones. */
  submit(fields: Record<string, unknown>): string;
  /** The page is loaded anew: what it had in memory is gone, what it had stored is not. */
  reload(): void;
  pullCable(): void;
  plugIn(): void;
  /** How it answers commands from now on. */
  manners: { answers: 'yes' | 'no' | 'never'; ownTimer: boolean };
  close(): Promise<void>;
}

export interface TabletScreen {
  prompt: Prompt | undefined;
  ticketNumber: string | undefined;
  waitingCount: number | undefined;
  stars: number | undefined;
  paused: boolean;
  beeps: number;
}

/** Switches the tablet on; it connects by itself. */
export function startTablet(options: TabletOptions): SimulatedTablet {
  const truth = recording<TabletTruth>();
  const manners: SimulatedTablet['manners'] = { answers: 'yes', ownTimer: true };
  const screen = blankScreen();
  /** In the tablet's storage: when the prompt was first seen, by a clock that no reload sets back. */
  let firstSeen = { evaluationId: '', atMs: 0 };
  let timer: NodeJS.Timeout | undefined;

  const did = (entry: TabletTruth) => {
    truth.add(entry);
    options.onTruth?.(entry);
  };
  const elapsedMs = () => Math.round(performance.now() - firstSeen.atMs);
  const answerTo = (message: Record<string, unknown>) => {
    const { ref } = message;
    if (typeof ref !== 'string' || manners.answers === 'never') return;
    link.say('answer', manners.answers === 'yes' ? { ref, ok: true } : { ref, ok: false, reason: 'screen locked' });
  };
  const closePrompt = () => {
    clearTimeout(timer);
    screen.prompt = undefined;
  };
  const showPrompt = (prompt: Prompt) => {
    const { evaluationId, timeoutSeconds } = prompt;
    if (manners.answers !== 'yes') {
      answerTo({ ref: evaluationId });
      return;
    }
    if (firstSeen.evaluationId !== evaluationId) firstSeen = { evaluationId, atMs: performance.now() };
    screen.prompt = prompt;
    clearTimeout(timer);
    const leftMs = timeoutSeconds * 1_000 - elapsedMs();
    if (manners.ownTimer) timer = setTimeout(() => close('walked-away'), Math.max(0, leftMs));
    link.say('shown', { evaluationId });
  };
  const link = startMqttLink({
    ...options,
    hello: { model: 'Sim Tablet', version: '1.0', serial: `T-${options.device}` },
    random: seededRandom(options.seed ?? 1),
    onDown(name, message) {
      if (name === 'prompt' && message) showPrompt(message as unknown as Prompt);
      else if (name === 'prompt') closePrompt();
      if (!message || name === 'prompt') return;
      if (name === 'display') Object.assign(screen, shownOf(message));
      if (name === 'beep') screen.beeps += 1;
      answerTo(message);
    },
  });
  const prompted = (): Prompt => {
    if (!screen.prompt) throw new Error('nothing is asked on the screen');
    return screen.prompt;
  };
  const press = ({ evaluationId }: Prompt, level: number, more: Answer = {}): string => {
    const { window } = options;
    const place = window === undefined ? {} : { window };
    const elapsed = { elapsedMs: elapsedMs() };
    const id = link.post('submit', { evaluationId, level, ...more, ...elapsed, ...place });
    const reasons = more.reasons && { reasons: more.reasons };
    did({ did: 'rated', atMs: Date.now(), evaluationId, level, id, ...reasons });
    return id;
  };
  const close = (how: 'declined' | 'walked-away'): string => {
    const { evaluationId } = prompted();
    closePrompt();
    did({ did: how, atMs: Date.now(), evaluationId });
    return link.post('closed', { evaluationId, reason: how === 'declined' ? 'declined' : 'time-out' });
  };
  return {
    link,
    screen,
    truth: truth.entries,
    receiptOf: (id) => link.receiptOf(id),
    answer(level, more) {
      const id = press(prompted(), level, more);
      closePrompt();
      return id;
    },
    doublePress(first, second, more) {
      const prompt = prompted();
      const ids: [string, string] = [press(prompt, first, more), press(prompt, second, more)];
      closePrompt();
      return ids;
    },
    walkAway: () => close('walked-away'),
    decline: () => close('declined'),
    submit: (fields) => link.post('submit', { evaluationId: screen.prompt?.evaluationId, elapsedMs: 0, ...fields }),
    reload() {
      closePrompt();
      Object.assign(screen, blankScreen());
      link.reconnect();
    },
    pullCable: () => link.pullCable(),
    plugIn: () => link.plugIn(),
    manners,
    async close() {
      clearTimeout(timer);
      await link.close();
    },
  };
}

function blankScreen(): TabletScreen {
  const nothing = { prompt: undefined, ticketNumber: undefined, waitingCount: undefined, stars: undefined };
  return { ...nothing, paused: false, beeps: 0 };
}

function shownOf({ ticketNumber, waitingCount, stars, paused }: Record<string, unknown>): Record<string, unknown> {
  return { ticketNumber, waitingCount, stars, paused: paused === true };
}
