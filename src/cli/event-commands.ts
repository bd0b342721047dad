/** The commands that follow events: `trace`, `tail`, `dlq` and `send`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Manner } from './data-commands.ts';
import type { Asking, Place, RedriveOptions, ShowOptions } from './dead-letters.ts';
import type { SendOptions } from './send.ts';
import type { TailOptions } from './tail.ts';
import type { TraceOptions } from './trace.ts';

export function eventCommands(manner: Manner): readonly Command[] {
  return [traceCommand, tailCommand, deadLettersCommand, sendCommand].map((made) => made(manner));
}

type Asked<Options extends { readonly endpoint: string }> = Omit<Options, 'endpoint'> & {
  readonly port: number;
  readonly endpoint?: string;
};

function withServer(command: Command, { option, port }: Manner): Command {
  return command
    .addOption(option('--port <number>', 'port of the server').default(4566).argParser(port))
    .addOption(option('--endpoint <url>', 'where the server is, if not at a port of this machine'))
    .addOption(new Option('--json', 'as JSON'));
}

function placed<Options extends { readonly endpoint: string }>(asked: Asked<Options>): Options {
  const { port, endpoint = `http://127.0.0.1:${port}`, ...options } = asked;
  return { ...options, endpoint } as unknown as Options;
}

const print = (text: string): void => {
  process.stdout.write(text);
};
const say = (text: string): void => {
  process.stderr.write(`millrace: ${text}\n`);
};

function traceCommand(manner: Manner): Command {
  return withServer(new Command('trace'), manner)
    .description('draw what an event or message led to')
    .argument('<id>', "an event's id, a message's id, shardId:sequenceNumber, a request id")
    .addHelpText(
      'before',
      manner.examples(
        'millrace trace 6c5cf0f6-3e4f-4a2a-8f43-56b5b7d5a4d1',
        'millrace trace 6c5cf0f6-3e4f-4a2a-8f43-56b5b7d5a4d1 --mermaid',
      ),
    )
    .addOption(new Option('--mermaid', 'as a sequence diagram of Mermaid').conflicts('json'))
    .action(async (id: string, options: Asked<TraceOptions>) => {
      const { trace } = await import('./trace.ts');
      print(await trace(id, placed(options)));
    });
}

function tailCommand(manner: Manner): Command {
  return withServer(new Command('tail'), manner)
    .description('print what is published, as it comes')
    .addHelpText(
      'before',
      manner.examples(
        'millrace tail',
        `millrace tail --pattern '{"detail-type":["OrderPlaced"]}'`,
        'millrace tail --once --text order-7',
      ),
    )
    .addOption(manner.option('--pattern <json>', 'only what this EventBridge pattern matches'))
    .addOption(manner.option('--text <words>', 'only what has this somewhere in it'))
    .addOption(manner.option('--arn <arn>', 'only what is published there; may end with *'))
    .addOption(new Option('--once', 'print the last hundred, and end'))
    .action(async (options: Asked<TailOptions>) => {
      const { tail } = await import('./tail.ts');
      // Whoever reads has had enough: head, or a pager that was left.
      process.stdout.on('error', () => process.exit());
      await tail(placed(options), { out: print, say });
    });
}

function deadLettersCommand(manner: Manner): Command {
  const { examples } = manner;
  const dlq = new Command('dlq')
    .description('look into dead-letter queues, and send what is there on its way again')
    .addHelpText(
      'before',
      examples(
        'millrace dlq list',
        'millrace dlq show orders-dlq',
        'millrace dlq redrive orders-dlq',
      ),
    );
  dlq.addCommand(listCommand(manner));
  dlq.addCommand(showCommand(manner));
  dlq.addCommand(redriveCommand(manner));
  return dlq;
}

function withPlace(command: Command, manner: Manner): Command {
  return withServer(command, manner)
    .addOption(manner.option('--account <digits>', 'of another account'))
    .addOption(manner.option('--region <name>', 'of another region'));
}

const QUEUE = ['<queue>', 'its name or ARN'] as const;
const GROUP = ['--group <key>', 'only what failed alike; see millrace dlq list'] as const;

function listCommand(manner: Manner): Command {
  return withPlace(new Command('list'), manner)
    .description('dead-letter queues, and why what is in them is there')
    .action(async (options: Asked<Place>) => {
      const { list } = await import('./dead-letters.ts');
      print(await list(placed(options)));
    });
}

function showCommand(manner: Manner): Command {
  return withPlace(new Command('show'), manner)
    .description('messages of a dead-letter queue, with what happened to them')
    .argument(...QUEUE)
    .addOption(manner.option(...GROUP))
    .addOption(
      manner.option('--limit <number>', 'messages at most').default(20).argParser(number(1_000)),
    )
    .action(async (queue: string, options: Asked<ShowOptions>) => {
      const { show } = await import('./dead-letters.ts');
      print(await show(queue, placed(options)));
    });
}

function redriveCommand(manner: Manner): Command {
  return withPlace(new Command('redrive'), manner)
    .description('move messages back to where they came from; goes on when this ends')
    .argument(...QUEUE)
    .addOption(manner.option(...GROUP))
    .addOption(manner.option('--to <arn>', 'move them there instead'))
    .addOption(manner.option('--rate <number>', 'messages in a second').argParser(number(500)))
    .addOption(new Option('--yes', 'do not ask'))
    .action(async (queue: string, options: Asked<RedriveOptions>) => {
      const { redrive } = await import('./dead-letters.ts');
      print(await redrive(queue, placed(options), { confirm, say }));
    });
}

/** On stderr, so that what is piped stays data. */
const confirm: Asking['confirm'] = async (question) => {
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY) return undefined;
  const { createInterface } = await import('node:readline/promises');
  const asking = createInterface({ input, output });
  const said = await asking.question(`${question} [y/N] `);
  asking.close();
  return /^y(?:es)?$/i.test(said.trim());
};

function number(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from 1 to ${most}.`);
  };
}

function sendCommand(manner: Manner): Command {
  return withServer(new Command('send'), manner)
    .description('publish one thing, and print its id; or print how other tools would')
    .argument('<arn>', 'of a bus, topic, queue, stream or function')
    .argument('[content]', 'a text, or JSON as the console shows it; - for stdin')
    .addHelpText(
      'before',
      manner.examples(
        "millrace send arn:aws:sqs:us-east-1:000000000000:orders 'order 7'",
        'millrace send arn:aws:events:us-east-1:000000000000:event-bus/default \\\n' +
          `      --source shop --detail-type OrderPlaced '{"order":7}'`,
        'millrace send arn:aws:sns:us-east-1:000000000000:news - --as cli < news.txt',
      ),
    )
    .addOption(manner.option('--source <name>', "an event's source; the content is its detail"))
    .addOption(manner.option('--detail-type <name>', "an event's detail-type"))
    .addOption(manner.option('--group <id>', "a message's group, or a record's partition key"))
    .addOption(manner.option('--again <id>', 'what this is another edition of'))
    .addOption(
      manner
        .option('--as <tool>', 'print it for this tool, and send nothing')
        .choices(['cli', 'sdk', 'test']),
    )
    .action(async (arn: string, content: string | undefined, options: Asked<SendOptions>) => {
      const { send, textIn } = await import('./send.ts');
      print(await send(arn, await textIn(content), placed(options)));
    });
}
