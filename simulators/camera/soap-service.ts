/**
 * What a service of the camera is: its namespace, its path, and a table of operations.
 */
import { actionNotSupported, type SoapRequest } from './soap-message.ts';
import type { Xml } from './xml-writing.ts';

export interface SoapCall extends SoapRequest {
  /** Path with query, as it was asked for. */
  readonly path: string;
  /** Aborts when the client hangs up or the camera goes down. */
  readonly signal: AbortSignal;
}

export interface SoapAnswer {
  body: Xml;
  /** Done once the answer has left. */
  afterwards?: () => void;
}

export type Operation = (call: SoapCall) => Xml | SoapAnswer | Promise<Xml>;

export interface SoapService {
  /** Several when WS-Notification's operations belong to it. */
  readonly namespaces: readonly string[];
  /** True for the paths at which it is reached. */
  serves(path: string): boolean;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Where the camera is reached, as it believes and tells: services, snapshots and streams name these. */
export interface Place {
  /** `http://192.168.1.64:80` */
  readonly web: string;
  /** `rtsp://192.168.1.64:554` */
  readonly rtsp: string;
}

/** The operation that a call asks for. @throws SoapFault when no service here has it at this path. */
export function operationOf(services: readonly SoapService[], { path, body }: SoapCall): Operation {
  const service = services.find((each) => each.namespaces.includes(body.namespace) && each.serves(path));
  const operation = service && Object.entries(service.operations).find(([name]) => name === body.name)?.[1];
  if (!operation) throw actionNotSupported();
  return operation;
}
