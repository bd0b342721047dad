/** The commands that carry data: backups, and exports from one engine to another. */
import { Command, Option } from 'commander';

/** What all commands say alike; see `program.ts`. */
export interface Manner {
  readonly option: (flags: string, description: string) => Option;
  readonly examples: (...lines: readonly string[]) => string;
  readonly port: (text: string) => number;
}

const DATA = ['--data <folder>', 'folder of the data'] as const;
const GZ = 'compressed when it ends with .gz';

export function dataCommands(manner: Manner): readonly Command[] {
  return [backupCommand, restoreCommand, exportCommand, importCommand].map((made) => made(manner));
}

interface BackupCommandOptions {
  readonly data: string;
  readonly port: number;
  readonly out?: string;
  readonly endpoint?: string;
  readonly verify?: string;
}

function backupCommand({ option, examples, port }: Manner): Command {
  return new Command('backup')
    .description('copy the data into one file, also while a server runs on it')
    .addHelpText(
      'before',
      examples(
        'millrace backup --data /var/lib/millrace --out monday.tar.gz',
        'millrace backup --endpoint http://10.0.0.7:4566 --out monday.tar.gz',
        'millrace backup --verify monday.tar.gz',
      ),
    )
    .addOption(option(...DATA).default('.millrace'))
    .addOption(new Option('--out <file>', `file to write; ${GZ}`))
    .addOption(option('--port <number>', 'port of its server').default(4566).argParser(port))
    .addOption(option('--endpoint <url>', 'ask this server, wherever its data is'))
    .addOption(new Option('--verify <file>', 'check a backup instead; 5 when it is damaged'))
    .action(async ({ data, port, out, endpoint, verify }: BackupCommandOptions, command) => {
      if ((out === undefined) === (verify === undefined)) {
        command.error("error: give one of '--out <file>' and '--verify <file>'");
      }
      const { backup, verifyBackup } = await import('./backup.ts');
      if (verify !== undefined) process.stdout.write(await verifyBackup(verify));
      else if (out !== undefined) {
        const at = endpoint ?? `http://127.0.0.1:${port}`;
        const anyFolder = endpoint !== undefined;
        process.stdout.write(await backup({ data, out, endpoint: at, anyFolder }));
      }
    });
}

function restoreCommand({ option, examples }: Manner): Command {
  return new Command('restore')
    .description('make a data folder from a backup; it must be empty or missing')
    .argument('<file>', 'a file that "millrace backup" wrote')
    .addHelpText('before', examples('millrace restore monday.tar.gz --data /var/lib/millrace'))
    .addOption(option(...DATA).default('.millrace'))
    .action(async (file: string, { data }: { readonly data: string }) => {
      const { restoreBackup } = await import('./backup.ts');
      process.stdout.write(await restoreBackup(file, data));
    });
}

interface PlaceOptions {
  readonly data: string;
  readonly store?: string;
  readonly storeSchema?: string;
}

const STORE_SCHEMA = ['--store-schema <name>', 'schema of its tables'] as const;
const STORE = ['--store <url>', 'a database instead, such as postgres://host/name'] as const;

/** A folder that is typed beats a variable that names a database. */
function placeOf(options: PlaceOptions, command: Command): PlaceOptions {
  const { data, store } = options;
  const isTyped = (name: string) => command.getOptionValueSource(name) === 'cli';
  if (isTyped('data') && isTyped('store')) {
    command.error("error: option '--data <folder>' cannot be used with option '--store <url>'");
  }
  return store === undefined || isTyped('data') ? { data } : options;
}

function exportCommand({ option, examples }: Manner): Command {
  return new Command('export')
    .description('write all data to a file that any engine can import; no server may run on it')
    .addHelpText('before', examples('millrace export --data .millrace --out all.jsonl.gz'))
    .addOption(option(...DATA).default('.millrace'))
    .addOption(option(...STORE))
    .addOption(option(...STORE_SCHEMA).default('millrace'))
    .addOption(
      new Option('--out <file>', `file to write, - for stdout; ${GZ}`).makeOptionMandatory(),
    )
    .action(async (options: PlaceOptions & { readonly out: string }, command: Command) => {
      const { exportTo } = await import('./transfer.ts');
      process.stderr.write(await exportTo(options.out, placeOf(options, command)));
    });
}

function importCommand({ option, examples }: Manner): Command {
  return new Command('import')
    .description('make a data folder, or fill an empty database, from an export')
    .argument('<file>', 'a file that "millrace export" wrote, - for stdin')
    .addHelpText(
      'before',
      examples(
        'millrace import all.jsonl.gz --data /var/lib/millrace',
        'millrace import all.jsonl.gz --store postgres://localhost/millrace',
      ),
    )
    .addOption(option(...DATA).default('.millrace'))
    .addOption(option(...STORE))
    .addOption(option(...STORE_SCHEMA).default('millrace'))
    .action(async (file: string, options: PlaceOptions, command: Command) => {
      const { importFrom } = await import('./transfer.ts');
      process.stderr.write(await importFrom(file, placeOf(options, command)));
    });
}
