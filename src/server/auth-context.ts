/**
 * What conditions of policies may ask about a request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import { type Input, objects, texts } from '../access/wishes/wish.ts';
import type { Asked } from './auth-iam.ts';

type Context = Readonly<Record<string, string | readonly string[] | undefined>>;

export function contextOf({ request, call }: Asked, input: Input): Context {
  const tags = tagsOf(input);
  const keys = [...tags.keys(), ...texts(input.TagKeys ?? input.tagKeys)];
  return {
    'aws:SourceIp': request.connection.peer().replace(/^::ffff:/, ''),
    'aws:SecureTransport': String(request.connection.secure()),
    'aws:UserAgent': request.header('user-agent'),
    'aws:Referer': request.header('referer'),
    'aws:RequestedRegion': call.region,
    ...(keys.length > 0 && { 'aws:TagKeys': keys }),
    ...Object.fromEntries([...tags].map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

/** Tags are a list of pairs in some services and a map in others. */
function tagsOf(input: Input): ReadonlyMap<string, string> {
  const given = input.Tags ?? input.tags;
  if (Array.isArray(given)) {
    return new Map(objects(given).map(({ Key, Value }) => [String(Key), String(Value ?? '')]));
  }
  if (typeof given !== 'object' || given === null) return new Map();
  return new Map(Object.entries(given).map(([key, value]) => [key, String(value)]));
}

/** Keys of services that are given wherever AWS gives them. */
const GIVEN = new Set([
  ...['sns:protocol', 'sns:endpoint', 'lambda:functionarn'],
  ...['events:source', 'events:detail-type', 'events:eventbusinvocation'],
]);

/**
 * Keys that AWS would know and we do not: tags of resources, and most keys of services. Taking
 * them for absent would let `ForAllValues` and denials through.
 */
export function isUnknown(context: Context): (key: string) => boolean {
  const given = new Set(Object.keys(context).map((key) => key.toLowerCase()));
  return (key) => {
    if (given.has(key) || GIVEN.has(key)) return false;
    return key.startsWith('aws:') ? key.startsWith('aws:resourcetag/') : true;
  };
}
