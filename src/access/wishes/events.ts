/**
 * EventBridge: entries name their buses, rules stand below theirs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
 */
import { arnOf, parseArn } from '../../core/arn.ts';
import {
  EVERYTHING,
  type Input,
  named,
  nameOrArn,
  objects,
  type Place,
  type Wishes,
} from './wish.ts';

const bus = nameOrArn('events', 'event-bus/');

const RULE_NAMES: ReadonlySet<string> = new Set([
  ...['PutRule', 'DeleteRule', 'DescribeRule', 'EnableRule', 'DisableRule'],
  ...['PutTargets', 'RemoveTargets', 'ListTargetsByRule'],
]);

/** What `Name` names, by the end of the operation's own. */
const KINDS: readonly (readonly [ending: string, path: string])[] = [
  ['EventBus', 'event-bus/'],
  ['ApiDestination', 'api-destination/'],
  ['Connection', 'connection/'],
  ['Endpoint', 'endpoint/'],
  ['EventSource', 'event-source/'],
];

const BY_NAME = {
  ArchiveName: nameOrArn('events', 'archive/'),
  ReplayName: nameOrArn('events', 'replay/'),
  ResourceARN: nameOrArn('events', ''),
};

export const eventsWishes: Wishes = (operation, input, place) => {
  const action = `events:${operation}`;
  if (operation === 'PutEvents') return ofEntries(action, input, place);
  if (RULE_NAMES.has(operation)) return [{ action, resource: ruleIn(input, place) }];
  if (operation === 'PutPermission' || operation === 'RemovePermission') {
    return [{ action, resource: bus(text(input.EventBusName) ?? 'default', place, input) ?? '*' }];
  }
  const kind = KINDS.find(([ending]) => operation.endsWith(ending));
  const { Name: name } = input;
  if (kind && typeof name === 'string') {
    const resource = nameOrArn('events', kind[1])(name, place, input) ?? EVERYTHING;
    return [{ action, resource }];
  }
  return named(action, BY_NAME, input, place);
};

function ofEntries(action: string, input: Input, place: Place) {
  return objects(input.Entries).map((entry) => ({
    action,
    resource: bus(text(entry.EventBusName) ?? 'default', place, entry) ?? EVERYTHING,
    context: {
      'events:source': text(entry.Source),
      'events:detail-type': text(entry.DetailType),
      'events:eventBusInvocation': 'false',
    },
  }));
}

function ruleIn({ Name, Rule, EventBusName }: Input, place: Place): string {
  const rule = text(Rule) ?? text(Name) ?? '';
  const named = text(EventBusName) ?? 'default';
  const arn = parseArn(named);
  const name = arn ? arn.resource.replace(/^event-bus\//, '') : named;
  const path = name === 'default' ? rule : `${name}/${rule}`;
  const { region, account } = arn ?? place;
  return arnOf('events', region, account, `rule/${path}`);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
