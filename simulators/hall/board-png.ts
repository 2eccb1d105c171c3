/**
 * An LED board as it looks from the waiting area: a dark cabinet, round lamps on a grid, lit ones with their glow.
 */
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import { aligned, wrapped } from './picture-cells.ts';
import type { Dots } from './picture-dots.ts';
import { textDots, type CanvasModule } from './picture-glyphs.ts';
import type { Picture, PicturePart } from './picture.ts';

type TextPart = Extract<PicturePart, { what: 'text' }>;
type Colour = NonNullable<TextPart['colour']>;

const CHARACTER_DOTS = 16;
const LATIN_DOTS = 8;
const PANEL_PIXELS = 1_100;
const PITCH = { min: 3, max: 8 };
const CABINET = { edge: 14, outer: '#26282b', inner: '#08090a', rim: '#3d4045' };
const LAMP_OFF = '#1b1c1e';
/** Middle and body of a lit lamp. */
const LAMPS: Readonly<Record<Colour, readonly [middle: string, body: string]>> = {
  red: ['#ffb3a0', '#ff2a12'],
  green: ['#d5ffd0', '#1fe036'],
  yellow: ['#fff3b8', '#ffb400'],
  blue: ['#c4dcff', '#2f6bff'],
  magenta: ['#ffd0ff', '#f03cf0'],
  cyan: ['#d8ffff', '#19d8e6'],
  white: ['#ffffff', '#e8ecf2'],
};

export function boardPng(module: CanvasModule, picture: Picture): Buffer {
  const size = { width: picture.width, height: picture.height ?? CHARACTER_DOTS };
  const pitch = Math.min(PITCH.max, Math.max(PITCH.min, Math.floor(PANEL_PIXELS / size.width)));
  const margin = CABINET.edge + pitch;
  const canvas = module.createCanvas(size.width * pitch + 2 * margin, size.height * pitch + 2 * margin);
  const context = canvas.getContext('2d');
  cabinet(context, canvas);
  const lamps = lampsOf(module, picture, size);
  const off = lampSprite(module, pitch, undefined);
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) context.drawImage(off, margin + (x - 1) * pitch, margin + (y - 1) * pitch);
  }
  const sprites = new Map<Colour, Canvas>();
  context.globalCompositeOperation = 'lighten';
  for (const [place, colour] of lamps) {
    const sprite = sprites.get(colour) ?? lampSprite(module, pitch, colour);
    sprites.set(colour, sprite);
    const [x, y] = [place % size.width, Math.floor(place / size.width)];
    context.drawImage(sprite, margin + (x - 1) * pitch, margin + (y - 1) * pitch);
  }
  return canvas.toBuffer('image/png');
}

function cabinet(context: SKRSContext2D, { width, height }: Canvas): void {
  context.fillStyle = CABINET.outer;
  context.beginPath();
  context.roundRect(0, 0, width, height, CABINET.edge / 2);
  context.fill();
  const inset = CABINET.edge - 4;
  context.fillStyle = CABINET.inner;
  context.strokeStyle = CABINET.rim;
  context.beginPath();
  context.roundRect(inset, inset, width - 2 * inset, height - 2 * inset, 4);
  context.fill();
  context.stroke();
}

/** A lamp with the room of its glow: three pitches square. */
function lampSprite({ createCanvas }: CanvasModule, pitch: number, colour: Colour | undefined): Canvas {
  const canvas = createCanvas(3 * pitch, 3 * pitch);
  const context = canvas.getContext('2d');
  const centre = 1.5 * pitch;
  const disc = (radius: number, fill: string | ReturnType<SKRSContext2D['createRadialGradient']>) => {
    context.fillStyle = fill;
    context.beginPath();
    context.arc(centre, centre, radius, 0, 2 * Math.PI);
    context.fill();
  };
  if (colour === undefined) {
    disc(pitch * 0.36, LAMP_OFF);
    return canvas;
  }
  const [middle, body] = LAMPS[colour];
  const glow = context.createRadialGradient(centre, centre, pitch * 0.3, centre, centre, pitch * 1.4);
  glow.addColorStop(0, `${body}70`);
  glow.addColorStop(1, `${body}00`);
  disc(pitch * 1.4, glow);
  const lamp = context.createRadialGradient(centre, centre, 0, centre, centre, pitch * 0.46);
  lamp.addColorStop(0, middle);
  lamp.addColorStop(0.55, body);
  lamp.addColorStop(1, body);
  disc(pitch * 0.45, lamp);
  return canvas;
}

interface Size {
  width: number;
  height: number;
}

/** Colours of the lit lamps by their place, row after row. */
function lampsOf(module: CanvasModule, { lit, parts }: Picture, panel: Size): Map<number, Colour> {
  const lamps = new Map<number, Colour>();
  if (!lit) return lamps;
  for (const part of parts) if (part.what === 'text') light(module, part, panel, lamps);
  return lamps;
}

/** Lines of one part in the middle of its box; lamps beyond the box stay dark. */
function light(module: CanvasModule, part: TextPart, panel: Size, lamps: Map<number, Colour>): void {
  const box = part.box ?? { x: 0, y: 0, ...panel };
  const height = Math.round(CHARACTER_DOTS * part.size);
  const columns = Math.max(1, Math.floor(box.width / (LATIN_DOTS * part.size)));
  const lines = wrapped(part.text, columns).slice(0, Math.max(1, Math.floor(box.height / height)));
  const top = Math.floor((box.height - lines.length * height) / 2);
  for (const [index, line] of lines.entries()) {
    const dots = textDots(module, line, height);
    const left = aligned(part.align, dots[0]?.length ?? 0, box.width);
    for (const { x, y } of litDots(dots)) {
      const inBox = { x: left + x, y: top + index * height + y };
      const place = { x: box.x + inBox.x, y: box.y + inBox.y };
      const seen = inside(inBox, box) && inside(place, panel);
      if (seen) lamps.set(place.y * panel.width + place.x, part.colour ?? 'red');
    }
  }
}

function litDots(dots: Dots): { x: number; y: number }[] {
  return dots.flatMap((row, y) => row.flatMap((on, x) => (on ? [{ x, y }] : [])));
}

function inside({ x, y }: { x: number; y: number }, { width, height }: Size): boolean {
  return x >= 0 && y >= 0 && x < width && y < height;
}
