// Reads the events of every hall from the central broker: drops repeats, sees holes, sends receipts (docs/contract.md).
// What stands in `stored` and `through` here belongs into your database, in one transaction with the event.
//   npx tsx consumer.ts mqtt://127.0.0.1:1883
import { connect, type IPublishPacket } from 'mqtt';

interface Event {
  id: string;
  source: string;
  type: string;
  epoch: string;
  sequence: string;
  data: Record<string, unknown>;
}

const stored = new Set<string>(); // source and id
const through = new Map<string, number>(); // receipt topic and epoch -> everything up to here is stored
const ahead = new Map<string, Map<number, number>>(); // the same -> first and last sequence of what came behind a hole
const say = (what: string, facts: object) => console.log(JSON.stringify({ what, ...facts }));

const client = connect(process.argv[2] ?? 'mqtt://127.0.0.1:1883', { clientId: 'example-consumer', clean: false });
client.on('connect', () => {
  client.subscribe(['hall/v1/+/+/+/event/+', 'hall/v1/+/+/+/result/+', 'hall/v1/+/gateway/+/backlog'], { qos: 1 });
});
// PUBACK goes out when `done` is called: after the event is stored.
client.handleMessage = ({ payload }: IPublishPacket, done) => {
  const message = JSON.parse(payload.toString()) as Event | Event[];
  for (const event of Array.isArray(message) ? message : [message]) take(event);
  done();
};
setInterval(() => {
  for (const [stream, sequence] of through) {
    const [topic = '', epoch] = stream.split(' ');
    client.publish(topic, JSON.stringify({ epoch, through: sequence }), { qos: 1 });
  }
}, 1_000);

function take(event: Event): void {
  const identity = `${event.source} ${event.id}`;
  const first = Number(event.sequence);
  say(stored.has(identity) ? 'repeat' : 'stored', { sequence: first, type: event.type });
  stored.add(identity);
  const [, , hall, , gateway] = event.source.split('/');
  const stream = `hall/v1/${hall}/gateway/${gateway}/receipt ${event.epoch}`;
  const last = event.type === 'hall.gateway.lost.v1' ? Number(event.data['through']) : first;
  const waiting = ahead.get(stream) ?? new Map<number, number>();
  ahead.set(stream, waiting);
  let end = through.get(stream) ?? first - 1; // whoever joins late begins where it joined
  if (first > end) waiting.set(first, last); // a repeat counts too: after a salvage it has a new place
  if (first > end + 1 && waiting.size === 1) say('hole', { from: end + 1, through: first - 1 });
  for (let next = waiting.get(end + 1); next !== undefined; next = waiting.get(end + 1)) {
    waiting.delete(end + 1);
    end = next;
  }
  through.set(stream, end); // a receipt never jumps over a hole
}
