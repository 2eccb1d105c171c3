/**
 * What a newcomer may do to the demo hall to see the promise kept: pull the uplink for a while, kill the gateway.
 */
import type { CentralBroker } from '../central/central-broker.ts';
import type { GatewayProcess } from './gateway-process.ts';
import type { Language } from './screen-texts.ts';

export interface Troubles {
  /** The centre is gone; it comes back by itself. Again while it is gone changes nothing. */
  pullUplink(forMs: number): void;
  /** Pulls, or puts it back at once when it is pulled. */
  toggleUplink(forMs: number): void;
  /** SIGKILL, no farewell; it is started again a moment later. */
  killGateway(): void;
  /** Puts the centre back at once. */
  mend(): Promise<void>;
  readonly uplinkPulled: boolean;
  /** What is being done right now, in words, or undefined. */
  notice(language: Language): string | undefined;
}

const DOWN_MS = 1_500;
const NOTICE_MS = 4_000;

export function troubles(centre: CentralBroker, gateway: () => GatewayProcess): Troubles {
  let backAtMs: number | undefined;
  let killedAtMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let change = Promise.resolve();
  const then = (next: () => Promise<void>) => (change = change.then(next, next));
  const mend = () => {
    clearTimeout(timer);
    backAtMs = undefined;
    return then(() => centre.up());
  };
  const pullUplink = (forMs: number) => {
    if (backAtMs !== undefined) return;
    backAtMs = Date.now() + forMs;
    void then(() => centre.down());
    timer = setTimeout(() => void mend(), forMs);
  };
  return {
    pullUplink,
    toggleUplink(forMs) {
      if (backAtMs === undefined) pullUplink(forMs);
      else void mend();
    },
    killGateway() {
      killedAtMs = Date.now();
      gateway().kill(DOWN_MS);
    },
    mend,
    get uplinkPulled() {
      return backAtMs !== undefined;
    },
    notice(language) {
      if (killedAtMs !== undefined && Date.now() - killedAtMs < NOTICE_MS) {
        return language === 'zh'
          ? '网关已被强行杀死，正在重新启动……'
          : 'the gateway was killed and is being started again ...';
      }
      if (backAtMs === undefined) return undefined;
      const seconds = Math.max(0, Math.ceil((backAtMs - Date.now()) / 1_000));
      return language === 'zh'
        ? `上行已断开，${seconds} 秒后自动恢复；这期间的记录留在网关里，不会丢`
        : `uplink pulled, back by itself in ${seconds} s; records wait in the gateway`;
    },
  };
}
