/**
 * Two wires for everybody: a telegram takes its time, and telegrams that overlap come out as garbage.
 */
import type { Random } from '../kit/random.ts';

export interface Medium {
  /** Puts bytes on the wires now; they arrive when the last one is through. */
  transmit(bytes: Uint8Array): void;
  /** Transmissions that were spoilt by another one. */
  collisions(): number;
  close(): void;
}

interface Transmission {
  bytes: Uint8Array;
  spoilt: boolean;
}

/** `deliver` gets what a listener at the end of the wires hears. */
export function medium(deliver: (bytes: Uint8Array) => void, baudRate: number, random: Random): Medium {
  const underWay = new Map<Transmission, NodeJS.Timeout>();
  let collisions = 0;
  const spoil = (transmission: Transmission) => {
    if (!transmission.spoilt) collisions += 1;
    transmission.spoilt = true;
  };
  return {
    transmit(bytes) {
      const transmission: Transmission = { bytes, spoilt: false };
      for (const other of underWay.keys()) {
        spoil(other);
        spoil(transmission);
      }
      const arrive = () => {
        underWay.delete(transmission);
        deliver(transmission.spoilt ? garbled(bytes, random) : bytes);
      };
      underWay.set(transmission, setTimeout(arrive, (bytes.length * 10_000) / baudRate));
    },
    collisions: () => collisions,
    close() {
      for (const timer of underWay.values()) clearTimeout(timer);
      underWay.clear();
    },
  };
}

/** Two drivers on one pair of wires: bytes get lost, others are the AND of both. The last one never survives. */
function garbled(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, -1).map((byte) => (random.chance(0.5) ? byte & random.int(0, 255) : byte));
}
