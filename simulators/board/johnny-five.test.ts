import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import five from 'johnny-five';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../kit/until.ts';
import { startBoard, type SimulatedBoard } from './board.ts';

const KEY_4_PIN = 5;
const LAMP_2_PIN = 14;
const FREE_PIN = 4;
const RELAY_PIN = 3;
/** Dimmed by timer 1, 0, 0. */
const PWM_PINS = [9, 5, 6];
const PWM_PERIOD_MS = (64 * 256) / 16_000;

/** What johnny-five takes for a serial port; a bare socket never says `open`. */
class SocketTransport extends EventEmitter {
  readonly socket: Socket;

  constructor(socket: Socket) {
    super();
    this.socket = socket;
    socket.on('connect', () => this.emit('open'));
    socket.on('data', (bytes) => this.emit('data', bytes));
  }

  write(bytes: Uint8Array, done?: () => void): void {
    this.socket.write(bytes, done);
  }
}

async function stockBoard(simulated: SimulatedBoard) {
  if (simulated.line.type !== 'tcp') throw new Error('this test speaks TCP');
  const socket = connect(simulated.line.port, simulated.line.host);
  onTestFinished(() => void socket.destroy());
  const port = new SocketTransport(socket);
  const board = new five.Board({ port, repl: false, debug: false, sigint: false, timeout: 20_000 });
  await once(board, 'ready');
  return board;
}

it('stock johnny-five finds its Button and Led on the board, beside our own messages', async () => {
  const simulated = await startBoard({ port: { type: 'tcp' }, serial: 'BP-0001' });
  onTestFinished(() => simulated.close());
  const board = await stockBoard(simulated);
  expect(board.io.firmware.name).toBe('hall-board');

  const heard: string[] = [];
  const button = new five.Button({ board, pin: KEY_4_PIN, isPullup: true });
  button.on('down', () => heard.push('down'));
  button.on('up', () => heard.push('up'));
  const lamp = new five.Led({ board, pin: LAMP_2_PIN });
  lamp.on();
  await until('the lamp is lit', () => simulated.lamps()[1]);
  lamp.off();
  await until('the lamp is dark', () => !simulated.lamps()[1]);

  simulated.press(4, { bounceMs: 4, heldMs: 150 });
  await until('the button was pressed and let go', () => heard.length >= 2);
  expect(heard).toEqual(['down', 'up']);
  await until('both edges are true', () => simulated.truth.edges.length === 2);
});

/** How much of the time a pin is high, seen at the pin over a hundred periods. */
function dutyOf(simulated: SimulatedBoard, pin: number): number {
  const samples = 4_000;
  let high = 0;
  for (let sample = 0; sample < samples; sample += 1) {
    simulated.advance((100 * PWM_PERIOD_MS) / samples);
    if (simulated.driven(pin)) high += 1;
  }
  return high / samples;
}

describe('stock johnny-five on a board without keys', () => {
  async function freeBoard() {
    const simulated = await startBoard({ port: { type: 'tcp' }, profile: 'window-display' });
    onTestFinished(() => simulated.close());
    return { simulated, board: await stockBoard(simulated) };
  }

  it('dims its Led: the pin is high for as much of the time as it is told', async () => {
    const { simulated, board } = await freeBoard();
    for (const pin of PWM_PINS) {
      const lamp = new five.Led({ board, pin });
      for (const brightness of [64, 128, 230]) {
        lamp.brightness(brightness);
        await until('the lamp is dimmed', () => Math.abs(dutyOf(simulated, pin) - brightness / 256) < 0.01);
      }
      lamp.brightness(255);
      await until('the lamp is lit', () => dutyOf(simulated, pin) === 1);
      lamp.brightness(0);
      await until('the lamp is dark', () => dutyOf(simulated, pin) === 0);
    }
  });

  it('measures volts with its Sensor on the two pins that can do nothing else', async () => {
    const { simulated, board } = await freeBoard();
    for (const [pin, channel] of [
      ['A6', 6],
      ['A7', 7],
    ] as const) {
      const sensor = new five.Sensor({ board, pin, type: 'analog', freq: 25 });
      for (const volts of [0, 1.25, 4.9]) {
        simulated.measure(channel, volts);
        await until(`${pin} measures ${volts} V`, () => Math.abs(sensor.value - (volts / 5) * 1_024) <= 2);
      }
    }
  });

  it('switches a free Pin, asks what it does, and a Relay', async () => {
    const { simulated, board } = await freeBoard();
    const pin = new five.Pin({ board, pin: FREE_PIN });
    expect(simulated.driven(FREE_PIN), 'free until somebody wants it').toBeUndefined();
    pin.high();
    await until('the pin is high', () => simulated.driven(FREE_PIN) === true);
    const state = await new Promise<{ mode: number; value: number }>((resolve) => pin.query(resolve));
    expect(state).toMatchObject({ mode: 1, value: 1 });
    pin.low();
    await until('the pin is low', () => simulated.driven(FREE_PIN) === false);

    const relay = new five.Relay({ board, pin: RELAY_PIN, type: 'NO' });
    relay.close();
    await until('the relay has pulled', () => simulated.driven(RELAY_PIN) === true);
    relay.open();
    await until('the relay has let go', () => simulated.driven(RELAY_PIN) === false);
  });
});
