/**
 * The command line of the gateway: arguments and calls, nothing else.
 */
import { Command } from 'commander';
import { runDiscover } from './discover.ts';
import { runParked } from './parked.ts';
import { runCheck, languageOf } from './settings/check.ts';
import { runGateway } from './run.ts';
import { drivers, finders } from '../devices/index.ts';
import { runFlash } from '../firmware-bridge/flashing/flash-command.ts';

const version = process.env['HALL_GATEWAY_VERSION'] ?? 'development';

const program = new Command('hall-gateway')
  .description('政务大厅网关：设备 → MQTT，每条记录都不丢 / bridges the devices of a government service hall to MQTT')
  .version(version);

program
  .command('run')
  .description('按 hall.yaml 运行网关，直到收到停止信号 / run the gateway until it is told to stop')
  .argument('<file>', 'hall.yaml')
  .action(async (file: string) => {
    process.exitCode = await runGateway(file, { version, drivers, env: process.env });
  });

program
  .command('check')
  .description('检查 hall.yaml，列出全部错误 / say everything that is wrong in hall.yaml')
  .argument('<file>', 'hall.yaml')
  .option('--lang <language>', 'zh | en')
  .action(async (file: string, options: { lang?: string }) => {
    const lang = languageOf(options.lang, process.env);
    process.exitCode = await runCheck(file, { drivers, lang, stdout: process.stdout });
  });

program
  .command('discover')
  .description('查找网络中的摄像机 / list the cameras on the network')
  .argument('[hosts...]', '只问这些地址（跨网段时使用）/ ask only these addresses, for networks without multicast')
  .option('--wait <seconds>', '等待多少秒 / how long to wait', '3')
  .option('--lang <language>', 'zh | en')
  .action(async (hosts: string[], options: { wait: string; lang?: string }) => {
    const lang = languageOf(options.lang, process.env);
    const waitMs = Math.min(60, Math.max(1, Number(options.wait) || 3)) * 1_000;
    process.exitCode = await runDiscover({ finders, hosts, waitMs, lang, stdout: process.stdout });
  });

program
  .command('parked')
  .description('列出中心服务器不接受而搁置的消息 / list the events that the centre’s broker could not bear')
  .argument('<file>', 'hall.yaml')
  .option('--json', '导出消息本身，每行一条 / the events themselves, one a line', false)
  .option('--lang <language>', 'zh | en')
  .action(async (file: string, options: { json: boolean; lang?: string }) => {
    const lang = languageOf(options.lang, process.env);
    const { stdout, stderr } = process;
    process.exitCode = await runParked(file, { lang, json: options.json, stdout, stderr });
  });

program
  .command('flash')
  .description('给大厅板烧录固件（docs/devices/hall-board.md） / write the firmware of a hall board')
  .argument('<port>', '/dev/serial/by-id/... | net:HOST:PORT')
  .option('--force', '板上是其他程序也替换 / also replace another program, as on most new boards', false)
  .option('--serial <number>', '板子的序列号，例如 EV-0007 / the serial number of the board')
  .option('--hex <file>', '其他固件文件 / another firmware')
  .action(async (port: string, options: { force: boolean; serial?: string; hex?: string }) => {
    process.exitCode = await runFlash(port, { ...options, stdout: process.stdout });
  });

await program.parseAsync();
