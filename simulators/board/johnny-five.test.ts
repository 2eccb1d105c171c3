import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import five from 'johnny-five';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../kit/until.ts';
import { startBoard, type SimulatedBoard } from './board.ts';

const KEY_4_PIN = 5;
const LAMP_2_PIN = 14;
const FREE_PIN = 4;

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

it('stock johnny-five drives a relay on a free pin', async () => {
  const simulated = await startBoard({ port: { type: 'tcp' }, profile: 'window-display' });
  onTestFinished(() => simulated.close());
  const board = await stockBoard(simulated);
  const relay = new five.Relay({ board, pin: FREE_PIN, type: 'NO' });
  relay.close();
  await until('the relay has pulled', () => simulated.driven(FREE_PIN) === true);
  relay.open();
  await until('the relay has let go', () => simulated.driven(FREE_PIN) === false);
});
