// The TCP and UDP stand-ins for devices, seen by an ordinary client.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startTcpPeer, type TcpPeer } from './tcp-peer.ts';
import { startUdpPeer } from './udp-peer.ts';
import { until } from './until.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function echoPeer(clientsMax?: number): Promise<TcpPeer> {
  const peer = await startTcpPeer({
    onConnection: (channel) => channel.onData((chunk) => channel.write(chunk)),
    ...(clientsMax === undefined ? {} : { clientsMax }),
  });
  closers.push(() => peer.close());
  return peer;
}

async function client(peer: TcpPeer) {
  const socket = connect(peer.port, peer.host);
  closers.push(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, text: () => text };
}

describe('a TCP peer', () => {
  it('answers and keeps what it heard', async () => {
    const peer = await echoPeer();
    const { socket, text } = await client(peer);
    socket.write('hello');
    await until('the echo', () => text() === 'hello');
    expect(Buffer.concat(peer.received.entries).toString()).toBe('hello');
    expect(Buffer.concat(peer.sent.entries).toString()).toBe('hello');
  });

  it('drops its clients and refuses new ones while the cable is pulled, and is back on the same port', async () => {
    const peer = await echoPeer();
    const { socket } = await client(peer);
    await peer.pullCable();
    await until('the client noticed', () => socket.destroyed);
    await expect(client(peer)).rejects.toThrow('ECONNREFUSED');
    await peer.plugIn();
    const { socket: second, text } = await client(peer);
    second.write('again');
    await until('the echo', () => text() === 'again');
    expect(peer.accepted()).toBe(2);
  });

  it('says nothing while it hangs and answers late when it wakes', async () => {
    const peer = await echoPeer();
    const { socket, text } = await client(peer);
    await until('the client is in', () => peer.clients() === 1);
    peer.hang();
    socket.write('anyone?');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(text()).toBe('');
    peer.wake();
    await until('the late answer', () => text() === 'anyone?');
  });

  it('refuses a second client when it knows only one', async () => {
    const peer = await echoPeer(1);
    await client(peer);
    const { socket } = await client(peer);
    await until('the second client is out', () => socket.destroyed);
    expect(peer.accepted()).toBe(1);
  });
});

describe('a UDP peer', () => {
  it('answers datagrams, is silent while the cable is pulled, and is back on the same port', async () => {
    const peer = await startUdpPeer({ onDatagram: (datagram) => peer.send(datagram) });
    const socket = createSocket('udp4');
    closers.push(
      () => peer.close(),
      () => socket.close(),
    );
    const answers: string[] = [];
    socket.on('message', (payload) => answers.push(payload.toString()));
    socket.on('error', () => undefined);
    const ask = (text: string) => socket.send(text, peer.port, peer.host);
    ask('one');
    await until('the first answer', () => answers.includes('one'));
    await peer.pullCable();
    ask('two');
    await new Promise((resolve) => setTimeout(resolve, 30));
    await peer.plugIn();
    ask('three');
    await until('the third answer', () => answers.includes('three'));
    expect(answers).toEqual(['one', 'three']);
  });
});
