/** `millrace keys`: its commands and options. */
import { Command, Option } from 'commander';
import type { KeyChange } from '../access/key-admin.ts';
import type { Manner } from './data-commands.ts';
import type { CreateOptions } from './keys.ts';

interface PlaceOptions {
  readonly data?: string;
  readonly store?: string;
  readonly storeSchema?: string;
  readonly port: number;
  readonly endpoint?: string;
  readonly json?: boolean;
}

type CreateCommandOptions = PlaceOptions &
  Pick<CreateOptions, 'user' | 'account' | 'policy' | 'shell'>;

export function keysCommand(manner: Manner): Command {
  const keys = new Command('keys')
    .description('make, list and end access keys for --auth strict')
    .addHelpText(
      'before',
      manner.examples(
        'millrace keys create --data .millrace',
        'millrace keys create --user alice --policy orders.json',
        'millrace keys disable AKIAQAAAAAAAIOSFODNN',
      ),
    );
  keys.addCommand(createCommand(manner));
  keys.addCommand(listCommand(manner));
  for (const change of ['delete', 'disable', 'enable'] as const) {
    keys.addCommand(changeCommand(manner, change));
  }
  return keys;
}

/** No variables for the place: those of `start` would keep the command from asking the server. */
function placed(command: Command, { option, port }: Manner): Command {
  return command
    .addOption(new Option('--data <folder>', 'work on this folder, which no server has open'))
    .addOption(
      new Option('--store <url>', 'work on this database, servers or not').conflicts('data'),
    )
    .addOption(new Option('--store-schema <name>', 'schema of its tables'))
    .addOption(option('--port <number>', 'port of the server').default(4566).argParser(port))
    .addOption(option('--endpoint <url>', 'where the server is, if not at a port of this machine'))
    .addOption(new Option('--json', 'as JSON'));
}

function placeOf({ data, store, storeSchema, port, endpoint, json }: PlaceOptions) {
  return {
    ...(data !== undefined && { data }),
    ...(store !== undefined && { store }),
    ...(storeSchema !== undefined && { storeSchema }),
    ...(json && { json }),
    endpoint: endpoint ?? `http://127.0.0.1:${port}`,
  };
}

function createCommand(manner: Manner): Command {
  return placed(new Command('create'), manner)
    .description('make a key; without --user one of the root')
    .addOption(new Option('--user <name>', 'the user whose key it is, made when missing'))
    .addOption(
      new Option(
        '--account <digits>',
        'the account (default: that of the server, or twelve zeros)',
      ),
    )
    .addOption(new Option('--policy <files...>', "files that hold the user's policies"))
    .addOption(new Option('--shell', 'as commands for a POSIX shell').conflicts('json'))
    .action(async (options: CreateCommandOptions) => {
      const { user, account, policy, shell } = options;
      const { create } = await import('./keys.ts');
      const order = {
        ...(user && { user }),
        ...(account && { account }),
        ...(policy && { policy }),
        ...(shell && { shell }),
      };
      process.stdout.write(await create({ ...placeOf(options), ...order }));
    });
}

function listCommand(manner: Manner): Command {
  return placed(new Command('list'), manner)
    .description('list all keys, without their secrets')
    .action(async (options: PlaceOptions) => {
      const { list } = await import('./keys.ts');
      process.stdout.write(await list(placeOf(options)));
    });
}

const DOES: Readonly<Record<KeyChange, string>> = {
  delete: 'end a key for good, and its user with his last one',
  disable: 'end a key until it is enabled',
  enable: 'let a disabled key be used again',
};

function changeCommand(manner: Manner, what: KeyChange): Command {
  return placed(new Command(what), manner)
    .description(DOES[what])
    .argument('<id>', 'the access key id')
    .action(async (id: string, options: PlaceOptions) => {
      const { change } = await import('./keys.ts');
      process.stdout.write(await change(placeOf(options), id, what));
    });
}
