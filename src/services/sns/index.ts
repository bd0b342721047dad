/**
 * Amazon SNS: every operation that is built, and what SNS is to the delivery of messages.
 */
import { http } from '../../delivery/http.ts';
import type { Operations } from '../../wire/types/sns.ts';
import { defineService, type Service } from '../service.ts';
import { archiveJobs } from './archives.ts';
import { confirmationJobs } from './confirmations.ts';
import { GetDataProtectionPolicy, PutDataProtectionPolicy } from './data-protection-policies.ts';
import { fifoJobs } from './fifo.ts';
import { lens } from './lens.ts';
import { origin } from './origin.ts';
import { outboxTarget } from './outbox.ts';
import { pacingJobs } from './pacing.ts';
import { AddPermission, RemovePermission } from './permissions.ts';
import {
  CheckIfPhoneNumberIsOptedOut,
  GetSMSAttributes,
  ListPhoneNumbersOptedOut,
  OptInPhoneNumber,
  SetSMSAttributes,
} from './phone-numbers.ts';
import {
  CreatePlatformApplication,
  DeletePlatformApplication,
  GetPlatformApplicationAttributes,
  ListPlatformApplications,
  SetPlatformApplicationAttributes,
} from './platform-applications.ts';
import {
  CreatePlatformEndpoint,
  DeleteEndpoint,
  GetEndpointAttributes,
  ListEndpointsByPlatformApplication,
  SetEndpointAttributes,
} from './platform-endpoints.ts';
import { Publish, PublishBatch } from './publish.ts';
import { replayJobs } from './replays.ts';
import { routes } from './routes.ts';
import { GetSubscriptionAttributes, SetSubscriptionAttributes } from './subscription-attributes.ts';
import {
  ConfirmSubscription,
  ListSubscriptions,
  ListSubscriptionsByTopic,
  Subscribe,
  Unsubscribe,
} from './subscriptions.ts';
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts';
import { snsTarget } from './target.ts';
import {
  CreateTopic,
  DeleteTopic,
  GetTopicAttributes,
  ListTopics,
  SetTopicAttributes,
} from './topics.ts';

export const sns: Service = defineService<Operations>({
  name: 'sns',
  operations: {
    AddPermission,
    CheckIfPhoneNumberIsOptedOut,
    ConfirmSubscription,
    CreatePlatformApplication,
    CreatePlatformEndpoint,
    CreateTopic,
    DeleteEndpoint,
    DeletePlatformApplication,
    DeleteTopic,
    GetDataProtectionPolicy,
    GetEndpointAttributes,
    GetPlatformApplicationAttributes,
    GetSMSAttributes,
    GetSubscriptionAttributes,
    GetTopicAttributes,
    ListEndpointsByPlatformApplication,
    ListPhoneNumbersOptedOut,
    ListPlatformApplications,
    ListSubscriptions,
    ListSubscriptionsByTopic,
    ListTagsForResource,
    ListTopics,
    OptInPhoneNumber,
    Publish,
    PublishBatch,
    PutDataProtectionPolicy,
    RemovePermission,
    SetEndpointAttributes,
    SetPlatformApplicationAttributes,
    SetSMSAttributes,
    SetSubscriptionAttributes,
    SetTopicAttributes,
    Subscribe,
    TagResource,
    Unsubscribe,
    UntagResource,
  },
  targets: { sns: snsTarget, outbox: outboxTarget, http },
  origins: { sns: origin },
  jobs: { ...archiveJobs, ...confirmationJobs, ...fifoJobs, ...pacingJobs, ...replayJobs },
  routes,
  lens,
});
