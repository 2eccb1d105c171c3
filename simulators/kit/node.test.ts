// The node between a port and its behaviours.
import { describe, expect, it } from 'vitest';
import { simulatedNode, type Behaviour } from './node.ts';

interface Frame {
  word: string;
}

const greets: Behaviour<Frame> = {
  name: 'greets',
  hear: (frame, node) => {
    if (frame.word !== 'hello') return false;
    node.say({ word: 'hello yourself' });
    return true;
  },
};

describe('a simulated node', () => {
  it('answers by its habits and keeps what was heard and said', () => {
    const sent: Frame[] = [];
    const node = simulatedNode<Frame>((frame) => void sent.push(frame), [greets]);
    node.hear({ word: 'hello' });
    node.hear({ word: 'noise' });
    expect(sent).toEqual([{ word: 'hello yourself' }]);
    expect(node.heard.map(({ word }) => word)).toEqual(['hello', 'noise']);
    expect(node.said).toEqual(sent);
  });

  it('misbehaves as long as a newer behaviour stands in front', () => {
    const node = simulatedNode<Frame>(() => undefined, [greets]);
    const recover = node.use({ name: 'is mute', hear: () => true });
    node.hear({ word: 'hello' });
    expect(node.said).toEqual([]);
    recover();
    node.hear({ word: 'hello' });
    expect(node.said).toHaveLength(1);
  });

  it('resolves when a fitting frame is heard', async () => {
    const node = simulatedNode<Frame>(() => undefined);
    const heard = node.untilHeard('a late word', ({ word }) => word === 'late');
    node.hear({ word: 'early' });
    node.hear({ word: 'late' });
    await expect(heard).resolves.toEqual({ word: 'late' });
  });
});
