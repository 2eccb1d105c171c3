/**
 * A finder looks for devices of a kind that can be found without knowing their address.
 */
export interface FoundDevice {
  /** Where it can be reached, as hall.yaml wants it: `192.168.1.64`, `192.168.1.64:8080`. */
  host: string;
  /** Identity that stays when the address changes, if the device tells one. */
  identity?: string;
  name?: string;
  model?: string;
}

export interface FindOptions {
  /** How long answers are waited for. */
  waitMs: number;
  /** Asked one by one; absent: everybody on the network. */
  hosts?: readonly string[];
}

export interface Finder {
  kind: string;
  title: { en: string; zh: string };
  find(options: FindOptions): Promise<FoundDevice[]>;
}
