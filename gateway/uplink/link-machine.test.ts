/** The life of the link, as a table. */
import { describe, expect, it } from 'vitest';
import { LINK_START, linkTransition, type LinkEffect, type LinkInput } from './link-machine.ts';

function live(...inputs: LinkInput[]) {
  let state = LINK_START;
  const effects: LinkEffect[] = [];
  for (const input of inputs) {
    const step = linkTransition(state, input);
    state = step.state;
    effects.push(...step.effects);
  }
  return { ...state, effects };
}

const UP: LinkInput[] = ['retry-due', 'opened', 'greeted', 'caught-up'];

describe('the link machine', () => {
  it('connects, greets, delivers and is up', () => {
    expect(live(...UP)).toEqual({ phase: 'up', attempt: 0, effects: ['connect', 'greet', 'deliver'] });
  });

  it('waits longer with each failure, and not after a success', () => {
    expect(live('retry-due', 'lost', 'retry-due', 'lost').attempt).toBe(2);
    expect(live('retry-due', 'lost', ...UP, 'lost').attempt).toBe(1);
    expect(live('retry-due', 'lost', 'retry-due', 'opened', 'greeted', 'progress', 'lost').attempt).toBe(1);
  });

  it('waits for a late receipt without hanging up', () => {
    expect(live(...UP, 'receipt-late').phase).toBe('waiting-receipt');
    expect(live(...UP, 'receipt-late', 'caught-up').phase).toBe('waiting-receipt');
    expect(live(...UP, 'receipt-late', 'receipt-came', 'caught-up').phase).toBe('up');
  });

  it('falls behind and catches up', () => {
    expect(live(...UP, 'behind').phase).toBe('catching-up');
    expect(live(...UP, 'behind', 'caught-up').phase).toBe('up');
  });

  it('drains, says farewell and closes', () => {
    const { phase, effects } = live(...UP, 'close', 'drained', 'lost');
    expect(phase).toBe('closed');
    expect(effects.slice(3)).toEqual(['drain', 'leave', 'finish']);
  });

  it('closes at once without a connection, and drops one that opens too late', () => {
    expect(live('close').effects).toEqual(['finish']);
    expect(live('retry-due', 'close', 'opened').effects).toEqual(['connect', 'finish', 'abandon']);
  });

  it('is closed for good', () => {
    expect(live('close', 'retry-due', 'lost', 'close', 'drained').phase).toBe('closed');
  });
});
