/**
 * The smallest H.264 stream that a player accepts (ITU-T H.264, constrained baseline): one grey picture without residuals, then
 * pictures in which every macroblock is skipped. 1920 x 1080 is 8 KB for the first and a dozen bytes for each other one.
 */
import { bitWriter, type BitWriter } from './bit-writer.ts';

export const FRAMES_PER_SECOND = 25;

export interface GreyStream {
  /** Sequence and picture parameter sets, without start codes. */
  readonly parameterSets: readonly [sps: Buffer, pps: Buffer];
  /** NAL unit of the picture with this number; every second begins with a whole one. */
  picture(number: number): Buffer;
}

const BASELINE = 66;
const CONSTRAINED = 0xc0;
const LEVEL_4 = 40;
const NAL = { sps: 0x67, pps: 0x68, whole: 0x65, skipped: 0x41 };
const SLICE = { intra: 7, predicted: 5 };
/** mb_type I_16x16_2_0_0: predicted from its neighbours, no residual. Table 7-11. */
const FLAT_MACROBLOCK = 3;
const FRAME_NUMBER_BITS = 4;

export function greyStream(width: number, height: number): GreyStream {
  const across = Math.ceil(width / 16);
  const down = Math.ceil(height / 16);
  const whole = nal(NAL.whole, (slice) => wholePicture(slice, across * down));
  return {
    parameterSets: [
      nal(NAL.sps, (sps) => sequenceParameters(sps, { width, height, across, down })),
      nal(NAL.pps, pictureParameters),
    ],
    picture(number) {
      const since = number % FRAMES_PER_SECOND;
      return since === 0 ? whole : nal(NAL.skipped, (slice) => skippedPicture(slice, since, across * down));
    },
  };
}

/** A NAL unit: header byte, content, stop bit, and 03 where the content would look like a start code. Section 7.4.1. */
function nal(header: number, write: (bits: BitWriter) => void): Buffer {
  const bits = bitWriter();
  write(bits);
  bits.bits(1, 1);
  const escaped: number[] = [];
  for (const byte of bits.finish(0)) {
    if (byte <= 3 && escaped.at(-1) === 0 && escaped.at(-2) === 0) escaped.push(3);
    escaped.push(byte);
  }
  return Buffer.from([header, ...escaped]);
}

/** Exp-Golomb code. Section 9.1. */
function unsigned(bits: BitWriter, ...values: readonly number[]): void {
  for (const value of values) {
    const length = 32 - Math.clz32(value + 1);
    bits.bits(0, length - 1);
    bits.bits(value + 1, length);
  }
}

/** Signed zero has the same code as unsigned zero, and no other is needed here. */
const ZERO = 0;

interface Size {
  width: number;
  height: number;
  across: number;
  down: number;
}

/** Section 7.3.2.1.1, with the frame rate in the VUI (E.1.1). */
function sequenceParameters(sps: BitWriter, { width, height, across, down }: Size): void {
  sps.bits(BASELINE, 8);
  sps.bits(CONSTRAINED, 8);
  sps.bits(LEVEL_4, 8);
  const [id, frameNumberBitsLess4, orderAsDecoded, referenceFrames] = [0, FRAME_NUMBER_BITS - 4, 2, 1];
  unsigned(sps, id, frameNumberBitsLess4, orderAsDecoded, referenceFrames);
  sps.bits(0, 1); // no gaps in frame numbers
  unsigned(sps, across - 1, down - 1);
  sps.bits(0b111, 3); // frames only, direct 8x8 inference, cropped
  unsigned(sps, 0, (across * 16 - width) / 2, 0, (down * 16 - height) / 2);
  sps.bits(0b10000, 5); // a VUI; no aspect ratio, overscan, signal type, chroma location
  sps.bits(1, 1); // timing follows
  sps.bits(1, 32);
  sps.bits(2 * FRAMES_PER_SECOND, 32);
  sps.bits(0b10000, 5); // fixed rate; no HRD parameters, picture structure, restrictions
}

/** Section 7.3.2.2: CAVLC, one slice group, deblocking told in each slice. */
function pictureParameters(pps: BitWriter): void {
  unsigned(pps, 0, 0);
  pps.bits(0b00, 2);
  unsigned(pps, 0, 0, 0);
  pps.bits(0b000, 3);
  unsigned(pps, ZERO, ZERO, ZERO);
  pps.bits(0b100, 3);
}

/** Sections 7.3.3 and 7.3.5. */
function wholePicture(slice: BitWriter, macroblocks: number): void {
  unsigned(slice, 0, SLICE.intra, 0);
  slice.bits(0, FRAME_NUMBER_BITS);
  unsigned(slice, 0);
  slice.bits(0b00, 2); // forget earlier pictures, keep this for a short term
  unsigned(slice, ZERO, 1); // quantiser as told, no deblocking
  for (let each = 0; each < macroblocks; each += 1) {
    unsigned(slice, FLAT_MACROBLOCK, 0, ZERO);
    slice.bits(1, 1); // no DC coefficients
  }
}

function skippedPicture(slice: BitWriter, frameNumber: number, macroblocks: number): void {
  unsigned(slice, 0, SLICE.predicted, 0);
  slice.bits(frameNumber, FRAME_NUMBER_BITS);
  slice.bits(0b000, 3); // reference count, list and marking as they are
  unsigned(slice, ZERO, 1);
  unsigned(slice, macroblocks);
}
