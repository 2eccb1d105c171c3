/**
 * The command line of the gateway: arguments and calls, nothing else.
 */
import { Command } from 'commander';
import { runCheck, languageOf } from './settings/check.ts';
import { runGateway } from './run.ts';
import { drivers } from '../devices/index.ts';

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

await program.parseAsync();
