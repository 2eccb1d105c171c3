/**
 * H.264 in RTP (RFC 3550, RFC 6184): a NAL unit in one packet, or cut into fragments (FU-A) when it is too long for one.
 */
const PAYLOAD_TYPE = 96;
const PACKET_BYTES_MAX = 1_400;
const CLOCK_HZ = 90_000;
const FRAGMENT = 28;

/** Makes the packets of one stream; each call is one picture. */
export function rtpPacketiser(
  source: number,
  framesPerSecond: number,
): (nals: readonly Buffer[], picture: number) => Buffer[] {
  let sequence = 0;
  return (nals, picture) => {
    const payloads = nals.flatMap(fragments);
    return payloads.map((payload, index) => {
      const header = Buffer.alloc(12);
      header[0] = 0x80;
      header[1] = PAYLOAD_TYPE | (index === payloads.length - 1 ? 0x80 : 0);
      header.writeUInt16BE(sequence, 2);
      header.writeUInt32BE(Math.round((picture * CLOCK_HZ) / framesPerSecond) >>> 0, 4);
      header.writeUInt32BE(source, 8);
      sequence = (sequence + 1) & 0xffff;
      return Buffer.concat([header, payload]);
    });
  };
}

/** RFC 6184 section 5.8. */
function fragments(nal: Buffer): Buffer[] {
  if (nal.length <= PACKET_BYTES_MAX) return [nal];
  const header = nal[0] ?? 0;
  const content = nal.subarray(1);
  const count = Math.ceil(content.length / PACKET_BYTES_MAX);
  return Array.from({ length: count }, (_, index) => {
    const first = index === 0 ? 0x80 : 0;
    const last = index === count - 1 ? 0x40 : 0;
    const piece = content.subarray(index * PACKET_BYTES_MAX, (index + 1) * PACKET_BYTES_MAX);
    return Buffer.concat([Buffer.from([(header & 0xe0) | FRAGMENT, first | last | (header & 0x1f)]), piece]);
  });
}

/** The session description (RFC 4566) of a stream. */
export function sessionDescription(
  name: string,
  [sps, pps]: readonly [Buffer, Buffer],
  framesPerSecond: number,
): string {
  const sets = [sps, pps].map((set) => set.toString('base64')).join(',');
  const profile = sps.subarray(1, 4).toString('hex');
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    `s=${name}`,
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    `m=video 0 RTP/AVP ${PAYLOAD_TYPE}`,
    `a=rtpmap:${PAYLOAD_TYPE} H264/${CLOCK_HZ}`,
    `a=fmtp:${PAYLOAD_TYPE} packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets}`,
    `a=framerate:${framesPerSecond}`,
    'a=control:trackID=1',
    '',
  ].join('\r\n');
}
