/**
 * The life of the link as a table: no await, no clock, no socket. Whoever runs it does the effects and reports back.
 *
 *     down --retry-due--> connecting --opened--> greeting --greeted--> catching-up <--> up
 *       ^                     |                     |                      \          /
 *       +------- lost --------+---------------------+-----------------  waiting-receipt
 *
 *     close: with a connection   -> draining --drained--> leaving --lost--> closed
 *            without a connection -> closed
 */
import type { Step } from '../kernel/machine.ts';

export type LinkPhase =
  'down' | 'connecting' | 'greeting' | 'catching-up' | 'up' | 'waiting-receipt' | 'draining' | 'leaving' | 'closed';

export interface LinkState {
  phase: LinkPhase;
  /** Tries since the centre last acknowledged something. */
  attempt: number;
}

export type LinkInput =
  | 'retry-due'
  | 'opened'
  | 'greeted'
  | 'progress'
  | 'caught-up'
  | 'behind'
  | 'receipt-late'
  | 'receipt-came'
  | 'lost'
  | 'close'
  | 'drained';

export type LinkEffect = 'connect' | 'wait' | 'greet' | 'deliver' | 'drain' | 'leave' | 'abandon' | 'finish';

export const LINK_START: LinkState = { phase: 'down', attempt: 0 };

/** Phases in which events flow. */
const FLOWING: ReadonlySet<LinkPhase> = new Set(['catching-up', 'up', 'waiting-receipt']);

export function linkTransition(state: LinkState, input: LinkInput): Step<LinkState, LinkEffect> {
  switch (input) {
    case 'retry-due':
      return state.phase === 'down' ? to(state, 'connecting', 'connect') : stay(state);
    case 'opened':
      if (state.phase === 'closed') return { state, effects: ['abandon'] };
      return state.phase === 'connecting' ? to(state, 'greeting', 'greet') : stay(state);
    case 'greeted':
      return state.phase === 'greeting' ? to(state, 'catching-up', 'deliver') : stay(state);
    case 'progress':
      return stay({ ...state, attempt: 0 });
    case 'caught-up':
      return state.phase === 'catching-up' ? to({ ...state, attempt: 0 }, 'up') : stay(state);
    case 'behind':
      return state.phase === 'up' ? to(state, 'catching-up') : stay(state);
    case 'receipt-late':
      return FLOWING.has(state.phase) ? to(state, 'waiting-receipt') : stay(state);
    case 'receipt-came':
      return state.phase === 'waiting-receipt' ? to(state, 'catching-up') : stay(state);
    case 'lost':
      return lost(state);
    case 'close':
      return close(state);
    case 'drained':
      return state.phase === 'draining' ? to(state, 'leaving', 'leave') : stay(state);
  }
}

function lost(state: LinkState): Step<LinkState, LinkEffect> {
  if (state.phase === 'closed' || state.phase === 'down') return stay(state);
  if (state.phase === 'draining' || state.phase === 'leaving') return to(state, 'closed', 'finish');
  return { state: { phase: 'down', attempt: state.attempt + 1 }, effects: ['wait'] };
}

function close(state: LinkState): Step<LinkState, LinkEffect> {
  if (FLOWING.has(state.phase) || state.phase === 'greeting') return to(state, 'draining', 'drain');
  if (state.phase === 'down' || state.phase === 'connecting') return to(state, 'closed', 'finish');
  return stay(state);
}

function to(state: LinkState, phase: LinkPhase, ...effects: LinkEffect[]): Step<LinkState, LinkEffect> {
  return { state: { ...state, phase }, effects };
}

function stay(state: LinkState): Step<LinkState, LinkEffect> {
  return { state, effects: [] };
}
