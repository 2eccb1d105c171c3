/**
 * A kiosk that is a panel of buttons on a hall board (docs/firmware.md) and prints elsewhere, or not at all: a key is the wish for
 * a business, a lamp says whether people may take tickets, a sensor whether there is paper.
 *
 * Promises: a press that the board stored is one wish, in order, however often power or line fail; `enable` and `disable` are
 * done when the lamp confirmed.
 */
import { z } from 'zod';
import { defineDriver } from '../../gateway/kernel/driver.ts';
import { boardPanelSettings, lampStateOf, refuseSecondBusiness, runBoardPanel, type PanelLamp } from './board-panel.ts';
import { openKiosk } from './kiosk.ts';
import { ticketDispenser } from './kind.ts';

const config = z
  .strictObject({
    ...boardPanelSettings,
    paperSensor: z.boolean().default(false).describe('true: the board has a paper sensor'),
  })
  .superRefine(refuseSecondBusiness);

export const firmata = defineDriver({
  kind: ticketDispenser,
  wire: 'firmata',
  config,
  example: { line: 'panel-1', keys: [{ key: 3, code: 'SS01', name: '社保业务' }] },
  address: ({ line }) => line,
  commands: ['enable', 'disable', 'show-business'],
  async run(settings, hall) {
    const kiosk = await openKiosk(hall);
    if (hall.signal.aborted) return;
    let lamp: PanelLamp | undefined;
    let paper: 'ok' | 'out' | 'unknown' = 'unknown';
    const showLamp = async () => {
      await lamp?.show(lampStateOf({ enabled: kiosk.remembered().enabled, paper }));
    };
    // The lamp follows by itself when the panel is back.
    const followLamp = () => void showLamp().catch(() => undefined);
    hall.serve({
      async enable() {
        await kiosk.remember({ enabled: true });
        await showLamp();
        return {};
      },
      async disable() {
        await kiosk.remember({ enabled: false });
        await showLamp();
        return {};
      },
      async 'show-business'({ businesses }) {
        await kiosk.remember({ businesses });
        return {};
      },
    });
    await runBoardPanel(settings, hall, {
      presence: { online: (identity) => hall.online(identity), offline: (reason) => hall.offline(reason) },
      async onPress(businessType, witness) {
        await kiosk.request({ businessType, source: 'button' }, witness);
      },
      onState: ({ part }) => kiosk.show({ buttons: part }),
      onPaper(present) {
        if (!settings.paperSensor) return;
        paper = present ? 'ok' : 'out';
        kiosk.show({ paper });
        followLamp();
      },
      onLamp(given) {
        lamp = given;
        followLamp();
      },
    });
  },
});
