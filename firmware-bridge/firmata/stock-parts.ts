/**
 * Keys, lamps, buzzer and paper sensor of a board with stock firmware, as components of johnny-five.
 */
import five, { type Board } from 'johnny-five';
import type { OutputMode } from './runner-messages.ts';
import type { StockPins } from './stock-pins.ts';

export interface StockParts {
  /** `lamp-1`, `buzzer`; one that does not exist is ignored. */
  switch(output: string, mode: OutputMode): void;
}

const BLINK_MS = 500;
const PAPER_SAMPLE_MS = 500;
/** A buzzer is never left on. */
const BEEP_MS = 150;

/** `onInput` hears `key-3` and `paper`; `active`: pressed, paper present. */
export function stockParts(
  board: Board,
  { keys, lamps, buzzer, paper }: StockPins,
  onInput: (input: string, active: boolean) => void,
): StockParts {
  for (const [key, pin] of Object.entries(keys)) {
    const button = new five.Button({ board, pin, isPullup: true });
    button.on('press', () => onInput(`key-${key}`, true));
    button.on('release', () => onInput(`key-${key}`, false));
  }
  if (paper !== undefined) watchPaper(board, paper, (present) => onInput('paper', present));
  const leds = new Map(Object.entries(lamps).map(([lamp, pin]) => [`lamp-${lamp}`, new five.Led({ board, pin })]));
  const relay = buzzer === undefined ? undefined : new five.Relay({ board, pin: buzzer, type: 'NO' });
  let beeping: NodeJS.Timeout | undefined;
  return {
    switch(output, mode) {
      if (output === 'buzzer') {
        clearTimeout(beeping);
        relay?.open();
        if (mode !== 'off') relay?.close();
        beeping = setTimeout(() => relay?.open(), BEEP_MS);
        return;
      }
      const led = leds.get(output)?.stop();
      if (mode === 'blink') led?.blink(BLINK_MS);
      else if (mode === 'on') led?.on();
      else led?.off();
    },
  };
}

function watchPaper(board: Board, pin: number, onChange: (present: boolean) => void): void {
  const sensor = new five.Sensor({ board, pin, type: 'digital', freq: PAPER_SAMPLE_MS });
  let told: boolean | undefined;
  sensor.on('data', () => {
    const present = sensor.value !== 0;
    if (present !== told) onChange(present);
    told = present;
  });
}
