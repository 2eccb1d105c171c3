/**
 * The camera's RTSP server: OPTIONS for everybody, the rest behind digest; pictures leave inside the connection (interleaved TCP).
 * A timer runs only while somebody watches.
 */
import type { Channel } from '../kit/channel.ts';
import { startTcpPeer, type TcpPeer } from '../kit/tcp-peer.ts';
import type { CameraBody, VideoProfile } from './camera-body.ts';
import type { CameraRequests } from './camera-requests.ts';
import type { DigestJudge } from './digest.ts';
import { FRAMES_PER_SECOND, greyStream, type GreyStream } from './h264.ts';
import { streamPath } from './media-service.ts';
import { rtpPacketiser, sessionDescription } from './rtp-h264.ts';
import { answerText, interleaved, rtspReader, type RtspAnswer, type RtspRequest } from './rtsp-message.ts';

export interface RtspOptions {
  host: string;
  port: number;
  body: CameraBody;
  requests: CameraRequests;
  /** Undefined: streams are for everybody. */
  digest: DigestJudge | undefined;
}

const SESSION_TIMEOUT_S = 60;
const METHODS = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'PAUSE', 'TEARDOWN', 'GET_PARAMETER'];

/** Starts the server, plugged in. */
export async function startRtsp({ body, requests, digest, ...place }: RtspOptions): Promise<TcpPeer> {
  let viewers = 0;
  return startTcpPeer({
    ...place,
    onConnection(channel) {
      viewers += 1;
      const viewer = rtspViewer(body, channel, viewers);
      const hear = (request: RtspRequest) => {
        const answer = refusal(digest, request) ?? viewer.answer(request);
        requests.add(`RTSP ${request.method}`, request.uri, answer.status);
        channel.write(Buffer.from(answerText(answer, request.headers['cseq'] ?? '')));
        viewer.afterwards(request);
      };
      channel.onData(rtspReader(hear, () => channel.close()));
      void channel.closed.then(() => viewer.stop());
    },
  });
}

function refusal(digest: DigestJudge | undefined, { method, uri, headers }: RtspRequest): RtspAnswer | undefined {
  if (!digest || method === 'OPTIONS' || !METHODS.includes(method)) return undefined;
  const { accepted, stale } = digest.judge(headers['authorization'], { method, uri });
  return accepted ? undefined : { status: 401, headers: { 'WWW-Authenticate': digest.challenges(stale) } };
}

interface Viewer {
  answer(request: RtspRequest): RtspAnswer;
  /** What follows an answer: PLAY begins, TEARDOWN ends. */
  afterwards(request: RtspRequest): void;
  stop(): void;
}

/** One client: its session, and its pictures. */
function rtspViewer(body: CameraBody, channel: Channel, number: number): Viewer {
  const session = `${body.build.serial}${number}`;
  const sessionHeader = { Session: `${session};timeout=${SESSION_TIMEOUT_S}` };
  let stream: GreyStream | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const play = () => {
    if (!stream || timer) return;
    const next = pictures(stream, number);
    const send = () => next().forEach((packet) => channel.write(interleaved(0, packet)));
    send();
    timer = setInterval(send, 1_000 / FRAMES_PER_SECOND);
  };
  const setUp = ({ uri, headers }: RtspRequest): RtspAnswer => {
    const profile = profileAt(body, uri);
    if (!profile) return { status: 404 };
    if (!headers['transport']?.includes('RTP/AVP/TCP')) return { status: 461 };
    stream = greyStream(profile.width, profile.height);
    return { status: 200, headers: { ...sessionHeader, Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' } };
  };
  return {
    stop,
    answer(request) {
      switch (request.method) {
        case 'OPTIONS':
          return { status: 200, headers: { Public: METHODS.join(', ') } };
        case 'DESCRIBE':
          return describe(body, request.uri);
        case 'SETUP':
          return setUp(request);
        case 'PLAY':
          return stream ? { status: 200, headers: { ...sessionHeader, Range: 'npt=0.000-' } } : { status: 454 };
        case 'PAUSE':
        case 'TEARDOWN':
        case 'GET_PARAMETER':
          return { status: 200, headers: sessionHeader };
        default:
          return { status: 501 };
      }
    },
    afterwards({ method }) {
      if (method === 'PLAY') play();
      if (method === 'PAUSE' || method === 'TEARDOWN') stop();
    },
  };
}

function describe(body: CameraBody, uri: string): RtspAnswer {
  const profile = profileAt(body, uri);
  if (!profile) return { status: 404 };
  const { parameterSets } = greyStream(profile.width, profile.height);
  return {
    status: 200,
    headers: { 'Content-Type': 'application/sdp', 'Content-Base': `${uri}/` },
    body: sessionDescription(body.build.name, parameterSets, FRAMES_PER_SECOND),
  };
}

/** The packets of one picture after the other. */
function pictures(stream: GreyStream, source: number): () => Buffer[] {
  const packets = rtpPacketiser(source, FRAMES_PER_SECOND);
  let number = 0;
  return () => {
    const whole = number % FRAMES_PER_SECOND === 0;
    const nals = [...(whole ? stream.parameterSets : []), stream.picture(number)];
    const made = packets(nals, number);
    number += 1;
    return made;
  };
}

function profileAt(body: CameraBody, uri: string): VideoProfile | undefined {
  const path = uri.replace(/^rtsps?:\/\/[^/]*/, '').replace(/\/(trackID=1)?$/, '');
  return body.build.profiles.find((profile) => streamPath(body, profile) === path);
}
