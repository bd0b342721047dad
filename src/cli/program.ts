/**
 * The commands, their options and their help. Every option has a variable: `--data` is
 * `MILLRACE_DATA`; what is typed wins. What a command needs is loaded when it runs, so that help
 * and `env` answer at once and `start` listens early.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { redact } from '../core/redaction.ts';
import { VERSION } from '../core/version.ts';
import { dataCommands } from './data-commands.ts';
import type { EnvOptions } from './env.ts';
import { eventCommands } from './event-commands.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { keysCommand } from './keys-command.ts';
import type { StartOptions } from './start.ts';
import type { StatusOptions } from './status.ts';

export async function run(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (cause) {
    process.exitCode = exitCodeOf(cause);
  }
}

/** Commander has said what was wrong already; everything else is said here. */
function exitCodeOf(cause: unknown): number {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const said = cause instanceof Error ? cause.message : String(cause);
  process.stderr.write(`millrace: ${redact(said)}\n`);
  return cause instanceof CommandFailed ? cause.exitCode : EXIT.failed;
}

export function program(): Command {
  const millrace = new Command('millrace')
    .description("AWS's event services on your machine, durable and visible.")
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeErr: (text) => process.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, 'millrace:')),
    })
    .showSuggestionAfterError();
  millrace.addHelpText(
    'before',
    examples('millrace start', 'eval "$(millrace env)"', 'millrace status'),
  );
  millrace.addCommand(startCommand());
  millrace.addCommand(envCommand());
  millrace.addCommand(statusCommand());
  for (const command of eventCommands({ option, examples, port })) millrace.addCommand(command);
  for (const command of dataCommands({ option, examples, port })) millrace.addCommand(command);
  millrace.addCommand(keysCommand({ option, examples, port }));
  millrace.addCommand(
    new Command('version').description('print the version').action(() => {
      process.stdout.write(`${VERSION}\n`);
    }),
  );
  inherit(millrace);
  return millrace;
}

/** Commands below commands end with our exit codes too. */
function inherit(from: Command): void {
  for (const command of from.commands) {
    command.copyInheritedSettings(from);
    inherit(command);
  }
}

function examples(...lines: readonly string[]): string {
  return `Examples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

function startCommand(): Command {
  return withTls(withGates(withConsole(serverCommand())))
    .addOption(
      option('--shutdown-timeout <seconds>', 'time for requests in flight to end')
        .default(10)
        .argParser(seconds),
    )
    .action(async (options: StartOptions, command: Command) => {
      const { start } = await import('./start.ts');
      await start(placeOf(options, command));
    });
}

function serverCommand(): Command {
  return new Command('start')
    .description('start a server; it runs until it is told to stop')
    .addHelpText(
      'before',
      examples(
        'millrace start',
        'millrace start --memory --port 0',
        'millrace start --data /var/lib/millrace --durability process',
      ),
    )
    .addOption(option('--port <number>', 'port; 0 for a free one').default(4566).argParser(port))
    .addOption(
      option('--host <address>', 'where to listen; localhost is both loopbacks').default(
        'localhost',
      ),
    )
    .addOption(
      option('--data <folder>', 'folder of the data, made when missing').default('.millrace'),
    )
    .addOption(option('--memory', 'keep everything in memory'))
    .addOption(
      option('--store <url>', 'a database that nodes share, postgres://user@host/database'),
    )
    .addOption(option('--store-schema <name>', 'schema of its tables').default('millrace'))
    .addOption(option('--store-pooled', 'the database is behind a pooler such as PgBouncer'))
    .addOption(
      option('--durability <level>', 'what acknowledged writes survive: a power cut, or kill -9')
        .choices(['power', 'process'])
        .default('power'),
    )
    .addOption(option('--accept-loss', 'open data of which the end was lost'))
    .addOption(option('--account <digits>', 'account of callers who name none').argParser(account))
    .addOption(option('--region <name>', 'region of requests that name none'))
    .addOption(
      option('--limits <profile>', 'AWS quotas as they are, or as they were').choices([
        'current',
        'classic',
      ]),
    )
    .addOption(option('--quota <changes...>', 'single quotas, such as dynamodb.throttle=1'))
    .addOption(option('--no-journal', 'keep no facts for traces'))
    .addOption(option('--no-contents', 'keep nothing of what events held beside the facts'))
    .addOption(option('--no-policies', 'let services and other accounts in without a policy'))
    .addOption(option('--no-cooldowns', 'purge and re-create queues without the minute between'))
    .addOption(
      option('--clock <kind>', 'virtual: time is moved over HTTP').choices(['real', 'virtual']),
    );
}

/** The page for people. */
function withConsole(command: Command): Command {
  return command
    .addOption(option('--no-console', 'serve no console'))
    .addOption(
      option(
        '--console-port <number>',
        'port of the console (default: 4567, or a free one)',
      ).argParser(port),
    )
    .addOption(option('--console-read-only', 'change nothing from the console'))
    .addOption(
      option('--console-token <text>', 'what opens the console (default: made where needed)'),
    );
}

/** Who may call. */
function withGates(command: Command): Command {
  return command
    .addOption(
      option('--auth <mode>', 'strict checks signatures; see millrace keys').choices([
        'off',
        'parse',
        'strict',
      ]),
    )
    .addOption(
      option('--iam <mode>', 'whether policies bind users (default: enforce when strict)').choices([
        'off',
        'log',
        'enforce',
      ]),
    )
    .addOption(option('--allow-host <names...>', 'further host names to answer to'))
    .addOption(option('--allow-origin <origins...>', 'web pages that may call'))
    .addOption(
      option('--i-know-this-is-open', 'listen where other machines reach it, unprotected'),
    );
}

function withTls(command: Command): Command {
  return command
    .addOption(option('--tls-cert <file>', 'take TLS too, with this certificate (PEM)'))
    .addOption(option('--tls-key <file>', 'private key of the certificate (PEM)'))
    .addOption(option('--tls-self-signed', 'take TLS too, with a certificate made and kept here'))
    .addOption(option('--tls-only', 'refuse requests without TLS'));
}

/** Where the data is: one of three, and what is typed beats a variable. */
function placeOf(options: StartOptions, command: Command): StartOptions {
  const typed = ['memory', 'data', 'store'].filter(
    (name) => command.getOptionValueSource(name) === 'cli',
  );
  const [one, other] = typed;
  if (other) command.error(`error: option '--${one}' cannot be used with option '--${other}'`);
  const isIn = (name: string) => one === undefined || one === name;
  const { store, memory } = options;
  if (store !== undefined && isIn('store')) return { ...options, memory: false };
  const { store: _, ...without } = options;
  return { ...without, memory: memory === true && isIn('memory') };
}

/** Seen in awscli 1.46.2; version 2 follows the variable for SQS too. */
const AWS_CLI_1 =
  '\nVersion 1 of the AWS CLI sends "aws sqs" to AWS whatever the variable says. Give it\n' +
  '--endpoint-url "$AWS_ENDPOINT_URL".';

function envCommand(): Command {
  return new Command('env')
    .description('print what points AWS tools at the server')
    .addHelpText('before', examples('eval "$(millrace env)"', 'millrace env --profile'))
    .addHelpText('after', AWS_CLI_1)
    .addOption(option('--port <number>', 'port of the server').default(4566).argParser(port))
    .addOption(option('--region <name>', 'region to work in').default('us-east-1'))
    .addOption(new Option('--shell', 'as commands for a POSIX shell (the default)'))
    .addOption(new Option('--json', 'as JSON').conflicts(['shell', 'profile']))
    .addOption(new Option('--profile', 'as a profile for ~/.aws/config').conflicts('shell'))
    .action(async (options: EnvOptions) => {
      const { env } = await import('./env.ts');
      process.stdout.write(env(options));
    });
}

function statusCommand(): Command {
  return new Command('status')
    .description('ask a running server what it is; ends with 3 when none answers')
    .addHelpText('before', examples('millrace status', 'millrace status --json'))
    .addOption(option('--port <number>', 'port of the server').default(4566).argParser(port))
    .addOption(option('--endpoint <url>', 'where the server is, if not at a port of this machine'))
    .addOption(new Option('--json', 'as JSON'))
    .action(async (options: Partial<StatusOptions> & { readonly port: number }) => {
      const { status } = await import('./status.ts');
      const endpoint = options.endpoint ?? `http://127.0.0.1:${options.port}`;
      process.stdout.write(await status({ ...options, endpoint }));
    });
}

/**
 * An option with its variable: `--shutdown-timeout` is also `MILLRACE_SHUTDOWN_TIMEOUT`. For
 * commander a switch is on when its variable is there at all; here `false` and the like leave it.
 */
function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  const variable = `MILLRACE_${made.name().replaceAll('-', '_').toUpperCase()}`;
  const isOff = made.isBoolean() && /^(?:|0|false|no|off)$/i.test(process.env[variable] ?? 'on');
  return isOff ? made : made.env(variable);
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
}

function seconds(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 0 && number <= 3_600) return number;
  throw new InvalidArgumentError('Give a number of seconds, 3600 at most.');
}

function account(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError('An account has twelve digits.');
}
