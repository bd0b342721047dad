/** CloudWatch Logs, as far as events need it: groups, streams, events, policies, retention. */
import type { Operations } from '../../wire/types/logs.ts';
import { defineService } from '../service.ts';
import { FilterLogEvents } from './filter-log-events.ts';
import { GetLogEvents } from './get-log-events.ts';
import { lens } from './lens.ts';
import {
  CreateLogGroup,
  DeleteLogGroup,
  DeleteRetentionPolicy,
  DescribeLogGroups,
  PutLogGroupDeletionProtection,
  PutRetentionPolicy,
  SWEEP_GROUP,
  sweepGroup,
} from './log-groups.ts';
import { CreateLogStream, DeleteLogStream, DescribeLogStreams } from './log-streams.ts';
import { PutLogEvents } from './put-log-events.ts';
import {
  DeleteResourcePolicy,
  DescribeResourcePolicies,
  PutResourcePolicy,
} from './resource-policies.ts';
import {
  ListTagsForResource,
  ListTagsLogGroup,
  TagLogGroup,
  TagResource,
  UntagLogGroup,
  UntagResource,
} from './tags.ts';
import { group } from './target.ts';

export const logs = defineService<Operations>({
  name: 'logs',
  operations: {
    CreateLogGroup,
    CreateLogStream,
    DeleteLogGroup,
    DeleteLogStream,
    DeleteResourcePolicy,
    DeleteRetentionPolicy,
    DescribeLogGroups,
    DescribeLogStreams,
    DescribeResourcePolicies,
    FilterLogEvents,
    GetLogEvents,
    ListTagsForResource,
    ListTagsLogGroup,
    PutLogEvents,
    PutLogGroupDeletionProtection,
    PutResourcePolicy,
    PutRetentionPolicy,
    TagLogGroup,
    TagResource,
    UntagLogGroup,
    UntagResource,
  },
  targets: { logs: group },
  jobs: { [SWEEP_GROUP]: sweepGroup },
  lens,
});
