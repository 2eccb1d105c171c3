/**
 * A gateway that says whatever a test wants, true or not: right envelopes with any sequence, id or data.
 */
import { connect } from 'mqtt';
import { ulid } from 'ulid';

export interface Claim {
  sequence: number;
  id?: string;
  type?: string;
  /** Last level of the topic, where it is not the type. */
  topicType?: string;
  data?: Record<string, unknown>;
  /** Fields that replace those of a right envelope. */
  wrong?: Record<string, unknown>;
}

export interface LyingGateway {
  readonly epoch: string;
  readonly source: string;
  /** Publishes one event; resolves at its PUBACK. */
  claim(claim: Claim): Promise<void>;
  /** Publishes events as one batch. */
  claimBatch(claims: readonly Claim[]): Promise<void>;
  publish(topic: string, payload: string, retain?: boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startLyingGateway(url: string, hall: string, gateway = 'gw1'): Promise<LyingGateway> {
  const client = connect(url, { reconnectPeriod: 100 });
  const epoch = ulid();
  const source = `/halls/${hall}/gateways/${gateway}/evaluator/w1`;
  const envelope = ({ sequence, id, type, data, wrong }: Claim) => ({
    specversion: '1.0',
    id: id ?? ulid(),
    source,
    type: type ?? 'hall.evaluation.submitted.v1',
    time: new Date().toISOString(),
    recordedtime: new Date().toISOString(),
    datacontenttype: 'application/json',
    sequence: String(sequence).padStart(16, '0'),
    epoch,
    clock: 'synced',
    data: data ?? { level: 5 },
    ...wrong,
  });
  const publish = async (topic: string, payload: string, retain = false) => {
    await client.publishAsync(topic, payload, { qos: 1, retain });
  };
  await new Promise((resolve) => client.once('connect', resolve));
  return {
    epoch,
    source,
    publish,
    claim: (claim) =>
      publish(
        `hall/v1/${hall}/evaluator/w1/event/${claim.topicType ?? envelope(claim).type}`,
        JSON.stringify(envelope(claim)),
      ),
    claimBatch: (claims) =>
      publish(`hall/v1/${hall}/gateway/${gateway}/backlog`, JSON.stringify(claims.map((claim) => envelope(claim)))),
    async close() {
      await client.endAsync(true);
    },
  };
}
