/**
 * One line of the benchmark table: what was measured, against which peer in the same run, and whether it holds.
 */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The promise in words: `>= 40,000 events/s`. */
  budget?: string;
  peer?: string;
  peerValue?: number;
  /** value / peerValue. */
  ratio?: number;
  holds?: boolean;
  note?: string;
}
