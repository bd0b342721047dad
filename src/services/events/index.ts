/** Amazon EventBridge: buses, rules, targets, archives, replays, partners, API destinations. */
import type { Operations } from '../../wire/types/events.ts';
import { defineService } from '../service.ts';
import { API_DESTINATION } from './addresses.ts';
import { apiDestination } from './api-destination-target.ts';
import {
  CreateApiDestination,
  DeleteApiDestination,
  DescribeApiDestination,
  ListApiDestinations,
  UpdateApiDestination,
} from './api-destinations.ts';
import { ARCHIVE_FILES, archiveFile } from './archive-files.ts';
import {
  CreateArchive,
  DeleteArchive,
  DescribeArchive,
  ListArchives,
  TRIM_ARCHIVE,
  trimArchive,
  UpdateArchive,
} from './archives.ts';
import { ARCHIVED_EVENTS, ARCHIVES, listArchivedEvents, listArchives } from './archives-route.ts';
import { AUTHORIZE_CONNECTION, authorizeConnection } from './authorizing.ts';
import {
  CreateEventBus,
  DeleteEventBus,
  DescribeEventBus,
  ListEventBuses,
  UpdateEventBus,
} from './buses.ts';
import {
  CreateConnection,
  DeauthorizeConnection,
  DeleteConnection,
  DescribeConnection,
  ListConnections,
  UpdateConnection,
} from './connections.ts';
import { ENDPOINT_HEALTH, endpointHealth } from './endpoint-health.ts';
import {
  CreateEndpoint,
  DeleteEndpoint,
  DescribeEndpoint,
  ListEndpoints,
  UpdateEndpoint,
} from './endpoints.ts';
import { EXPLAIN, explainEvent } from './explain.ts';
import { lens } from './lens.ts';
import { origin } from './origin.ts';
import {
  ActivateEventSource,
  CreatePartnerEventSource,
  DeactivateEventSource,
  DeletePartnerEventSource,
  DescribeEventSource,
  DescribePartnerEventSource,
  ListEventSources,
  ListPartnerEventSourceAccounts,
  ListPartnerEventSources,
} from './partner-event-sources.ts';
import { PutPermission, RemovePermission } from './permissions.ts';
import { PutEvents } from './put-events.ts';
import { PutPartnerEvents } from './put-partner-events.ts';
import { REPLAY_STEP, replayStep } from './replaying.ts';
import { CancelReplay, DescribeReplay, ListReplays, StartReplay } from './replays.ts';
import {
  DeleteRule,
  DescribeRule,
  DisableRule,
  EnableRule,
  ListRuleNamesByTarget,
  ListRules,
  PutRule,
} from './rules.ts';
import { fireScheduledRule, SCHEDULED_RULE } from './schedules.ts';
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts';
import { bus } from './target.ts';
import { ListTargetsByRule, PutTargets, RemoveTargets } from './targets.ts';
import { TestEventPattern } from './test-event-pattern.ts';

export const events = defineService<Operations>({
  name: 'events',
  operations: {
    ActivateEventSource,
    CancelReplay,
    CreateApiDestination,
    CreateArchive,
    CreateConnection,
    CreateEndpoint,
    CreateEventBus,
    CreatePartnerEventSource,
    DeactivateEventSource,
    DeauthorizeConnection,
    DeleteApiDestination,
    DeleteArchive,
    DeleteConnection,
    DeleteEndpoint,
    DeleteEventBus,
    DeletePartnerEventSource,
    DeleteRule,
    DescribeApiDestination,
    DescribeArchive,
    DescribeConnection,
    DescribeEndpoint,
    DescribeEventBus,
    DescribeEventSource,
    DescribePartnerEventSource,
    DescribeReplay,
    DescribeRule,
    DisableRule,
    EnableRule,
    ListApiDestinations,
    ListArchives,
    ListConnections,
    ListEndpoints,
    ListEventBuses,
    ListEventSources,
    ListPartnerEventSourceAccounts,
    ListPartnerEventSources,
    ListReplays,
    ListRuleNamesByTarget,
    ListRules,
    ListTagsForResource,
    ListTargetsByRule,
    PutEvents,
    PutPartnerEvents,
    PutPermission,
    PutRule,
    PutTargets,
    RemovePermission,
    RemoveTargets,
    StartReplay,
    TagResource,
    TestEventPattern,
    UntagResource,
    UpdateApiDestination,
    UpdateArchive,
    UpdateConnection,
    UpdateEndpoint,
    UpdateEventBus,
  },
  origins: { events: origin },
  targets: { events: bus, [API_DESTINATION]: apiDestination },
  jobs: {
    [AUTHORIZE_CONNECTION]: authorizeConnection,
    [REPLAY_STEP]: replayStep,
    [SCHEDULED_RULE]: fireScheduledRule,
    [TRIM_ARCHIVE]: trimArchive,
  },
  routes: {
    [ARCHIVE_FILES]: archiveFile,
    [ARCHIVED_EVENTS]: listArchivedEvents,
    [ARCHIVES]: listArchives,
    [ENDPOINT_HEALTH]: endpointHealth,
    [EXPLAIN]: explainEvent,
  },
  lens,
});
