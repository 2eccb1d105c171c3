/**
 * An ATmega328P from one reset to the next, emulated by avr8js. Every reset makes a new one (avr8js's own reset keeps
 * the I/O registers); memory and EEPROM are handed on. Beyond avr8js: SLEEP passes the time until the next event, MCUSR
 * tells the cause, and a watchdog reset ends this chip's life instead of restarting it half.
 */
import {
  adcConfig,
  AVRADC,
  AVRClock,
  AVREEPROM,
  avrInstruction,
  AVRIOPort,
  AVRSPI,
  AVRTimer,
  AVRUSART,
  AVRWatchdog,
  clockConfig,
  CPU,
  eepromConfig,
  PinState,
  portBConfig,
  portCConfig,
  portDConfig,
  spiConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  usart0Config,
  watchdogConfig,
} from 'avr8js';
import type { EepromCells } from './eeprom-cells.ts';

export const CYCLES_PER_MS = 16_000;
const FREQUENCY_HZ = 16_000_000;
const SRAM_BYTES = 2_048;
const SRAM_START = 0x100;
const SLEEP = 0x9588;
/** `rjmp .-2`: avr-libc ends every program with it. */
const ENDLESS_LOOP = 0xcfff;
const MCUSR = 0x54;
const SREG = 0x5f;
/** TCCR2A: no output pin, and the timer begins again at its compare value. */
const CLEAR_ON_COMPARE = 2;
/** EECR: a write is under way. */
const EEPE = 2;
/** Start, eight data bits, stop. */
const BITS_PER_BYTE = 10;

export interface ChipOptions {
  program: Uint16Array;
  eeprom: EepromCells;
  /** What the memory holds: chance after power-on, what was there after another reset. */
  memory: Uint8Array;
  /** Bits of MCUSR: 1 power-on, 2 reset pin, 4 brown-out, 8 watchdog. */
  cause: number;
  startCycle: number;
  /** A byte is through on the wire. */
  onByte: (byte: number) => void;
  onSpi: (byte: number) => void;
  /** Level of a pin that the program drives. */
  onPin: (pin: number, high: boolean) => void;
}

export interface Chip {
  readonly cycles: number;
  /** Runs to this cycle; false if the watchdog bit before. */
  runTo(cycle: number): boolean;
  receive(bytes: Uint8Array): void;
  /** Level of an input, by Arduino number. */
  setPin(pin: number, high: boolean): void;
  setAnalog(channel: number, volts: number): void;
  /** Level of an output; undefined while the program does not drive the pin. */
  driven(pin: number): boolean | undefined;
  /** The program hangs from now on, interrupts off. */
  wedge(): void;
  memory(): Uint8Array;
}

/** A chip that begins to run its program. */
export function createChip(options: ChipOptions): Chip {
  const { program } = options;
  const cpu = new CPU(program, SRAM_BYTES);
  cpu.data.set(options.memory, SRAM_START);
  cpu.data[MCUSR] = options.cause;
  cpu.cycles = options.startCycle;
  const ports = [portDConfig, portBConfig, portCConfig].map((config) => new AVRIOPort(cpu, config));
  for (const config of [timer0Config, timer1Config]) new AVRTimer(cpu, config);
  const ticker = new AVRTimer(cpu, timer2Config);
  connectEeprom(cpu, options.eeprom);
  const adc = new AVRADC(cpu, adcConfig);
  new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, FREQUENCY_HZ, clockConfig));
  const receive = connectLink(cpu, options.onByte);
  connectSpi(cpu, options.onSpi);
  let bitten = false;
  cpu.reset = () => void (bitten = true);

  const place = (pin: number) => {
    const [port, bit] = pin < 8 ? [ports[0], pin] : pin < 14 ? [ports[1], pin - 8] : [ports[2], pin - 14];
    if (!port) throw new Error(`no pin ${pin}`);
    return { port, bit };
  };
  const driven = (pin: number) => {
    const { port, bit } = place(pin);
    const state = port.pinState(bit);
    return state === PinState.High ? true : state === PinState.Low ? false : undefined;
  };
  tellPins(ports, options.onPin);

  let asleep = false;
  const passTime = (cycle: number) => {
    const before = cpu.pc;
    cpu.cycles = Math.max(cpu.cycles, Math.min(cycle, nextWakingCycle(cpu, ticker)));
    cpu.tick();
    asleep = cpu.pc === before;
  };
  return {
    get cycles() {
      return cpu.cycles;
    },
    runTo(cycle) {
      while (cpu.cycles < cycle && !bitten) {
        if (asleep) {
          passTime(cycle);
        } else if (program[cpu.pc] === SLEEP) {
          cpu.pc += 1;
          cpu.cycles += 1;
          asleep = true;
        } else {
          avrInstruction(cpu);
          cpu.tick();
        }
      }
      return !bitten;
    },
    receive,
    setPin(pin, high) {
      const { port, bit } = place(pin);
      port.setPin(bit, high);
    },
    setAnalog: (channel, volts) => void (adc.channelValues[channel] = volts),
    driven,
    wedge() {
      cpu.data[SREG] = (cpu.data[SREG] ?? 0) & 0x7f;
      cpu.pc = program.indexOf(ENDLESS_LOOP);
      asleep = false;
    },
    memory: () => cpu.data.slice(SRAM_START, SRAM_START + SRAM_BYTES),
  };
}

interface ClockEvent {
  cycles: number;
  callback: unknown;
  next: unknown;
}

/** avr8js keeps its event list to itself, but a sleeping chip has nothing else to wait for. */
function nextWakingCycle(cpu: CPU, ticker: AVRTimer): number {
  const first: unknown = Reflect.get(cpu, 'nextClockEvent');
  if (!isClockEvent(first)) return Infinity;
  if (first.callback !== ticker.count) return first.cycles;
  const second = isClockEvent(first.next) ? first.next.cycles : Infinity;
  return Math.min(second, first.cycles + idleCounts(cpu, ticker) * timer2Config.dividers[ticker.CS]);
}

/** Counts of the millisecond's timer that only count: avr8js takes several of them at once as well as one by one. */
function idleCounts(cpu: CPU, ticker: AVRTimer): number {
  const compare = cpu.data[timer2Config.OCRA] ?? 0;
  return ticker.TCCRA === CLEAR_ON_COMPARE ? Math.max(0, compare - ticker.debugTCNT - 1) : 0;
}

function isClockEvent(value: unknown): value is ClockEvent {
  if (typeof value !== 'object' || value === null) return false;
  return 'callback' in value && 'next' in value && 'cycles' in value && typeof value.cycles === 'number';
}

/** avr8js would leave the ready interrupt pending, from before a write, while that write goes on. */
function connectEeprom(cpu: CPU, cells: EepromCells): void {
  new AVREEPROM(cpu, cells, eepromConfig);
  const { EECR, eepromReadyInterrupt } = eepromConfig;
  const write = cpu.writeHooks[EECR];
  const ready = {
    address: eepromReadyInterrupt,
    flagRegister: EECR,
    flagMask: EEPE,
    enableRegister: EECR,
    enableMask: 0,
  };
  cpu.writeHooks[EECR] = (...written) => {
    const done = write?.(...written);
    if ((cpu.data[EECR] ?? 0) & EEPE) cpu.clearInterrupt(ready, false);
    return done;
  };
}

/** Bytes take their time on the wire, both ways; what comes while the receiver is off is lost. */
function connectLink(cpu: CPU, onByte: (byte: number) => void): (bytes: Uint8Array) => void {
  const usart = new AVRUSART(cpu, usart0Config, FREQUENCY_HZ);
  let waiting: number[] = [];
  const feed = () => {
    const byte = waiting.shift();
    if (byte !== undefined && !usart.writeByte(byte)) waiting = [];
  };
  usart.onByteTransmit = (byte) => {
    const byteCycles = (BITS_PER_BYTE * FREQUENCY_HZ) / usart.baudRate;
    cpu.addClockEvent(() => onByte(byte), byteCycles);
  };
  usart.onRxComplete = feed;
  return (bytes) => {
    waiting.push(...bytes);
    if (!usart.rxBusy) feed();
  };
}

function connectSpi(cpu: CPU, onSpi: (byte: number) => void): void {
  const spi = new AVRSPI(cpu, spiConfig, FREQUENCY_HZ);
  spi.onByte = (byte) => {
    onSpi(byte);
    cpu.addClockEvent(() => spi.completeTransfer(0), spi.transferCycles);
  };
}

function tellPins(ports: readonly AVRIOPort[], onPin: ChipOptions['onPin']): void {
  const firstPins = [0, 8, 14];
  for (const [index, port] of ports.entries()) {
    const first = firstPins[index] ?? 0;
    port.addListener((value, before) => {
      for (let bit = 0; bit < 8; bit += 1) {
        if (((value ^ before) >> bit) & 1) onPin(first + bit, ((value >> bit) & 1) === 1);
      }
    });
  }
}
