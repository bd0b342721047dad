/** SQS: every operation of the service, once. */
import type { Operations } from '../../wire/types/sqs.ts';
import { defineService } from '../service.ts';
import {
  ChangeMessageVisibility,
  ChangeMessageVisibilityBatch,
} from './change-message-visibility.ts';
import {
  DEAD_LETTER_MESSAGES_PATH,
  DEAD_LETTERS_PATH,
  showDeadLetterMessages,
  showDeadLetters,
} from './dead-letter-inbox.ts';
import { DeleteMessage, DeleteMessageBatch } from './delete-message.ts';
import { lens } from './lens.ts';
import { pollsOf } from './long-polls.ts';
import {
  CancelMessageMoveTask,
  ListMessageMoveTasks,
  StartMessageMoveTask,
} from './message-move-tasks.ts';
import { MESSAGES_PATH, showMessages } from './messages-route.ts';
import { moveMessages } from './move-messages.ts';
import { MOVE_MESSAGES } from './move-tasks.ts';
import { AddPermission, RemovePermission } from './permissions.ts';
import { PurgeQueue } from './purge-queue.ts';
import { GetQueueAttributes, SetQueueAttributes } from './queue-attributes.ts';
import { QUEUE_MESSAGES_PATH, showQueueMessages } from './queue-messages.ts';
import { QUEUES_PATH, showQueues } from './queue-summaries.ts';
import {
  CreateQueue,
  DeleteQueue,
  GetQueueUrl,
  ListDeadLetterSourceQueues,
  ListQueues,
} from './queues.ts';
import { FORGET_ATTEMPT, forgetAttempt } from './receive-attempts.ts';
import { ReceiveMessage } from './receive-message.ts';
import { REDRIVE_PATH, redrive } from './redrive.ts';
import {
  CANCEL_REDRIVE_PATH,
  cancelRedriveTask,
  REDRIVE_TASKS_PATH,
  showRedriveTasks,
} from './redrive-tasks.ts';
import { sweeper } from './retention.ts';
import { SendMessage, SendMessageBatch } from './send-message.ts';
import { queueSource } from './source.ts';
import { ListQueueTags, TagQueue, UntagQueue } from './tags.ts';
import { queueTarget } from './target.ts';

export const sqs = defineService<Operations>({
  name: 'sqs',
  operations: {
    AddPermission,
    CancelMessageMoveTask,
    ChangeMessageVisibility,
    ChangeMessageVisibilityBatch,
    CreateQueue,
    DeleteMessage,
    DeleteMessageBatch,
    DeleteQueue,
    GetQueueAttributes,
    GetQueueUrl,
    ListDeadLetterSourceQueues,
    ListMessageMoveTasks,
    ListQueueTags,
    ListQueues,
    PurgeQueue,
    ReceiveMessage,
    RemovePermission,
    SendMessage,
    SendMessageBatch,
    SetQueueAttributes,
    StartMessageMoveTask,
    TagQueue,
    UntagQueue,
  },
  targets: { sqs: queueTarget },
  sources: { sqs: queueSource },
  jobs: { [FORGET_ATTEMPT]: forgetAttempt, [MOVE_MESSAGES]: moveMessages },
  routes: {
    [MESSAGES_PATH]: showMessages,
    [DEAD_LETTERS_PATH]: showDeadLetters,
    [DEAD_LETTER_MESSAGES_PATH]: showDeadLetterMessages,
    [REDRIVE_PATH]: redrive,
    [REDRIVE_TASKS_PATH]: showRedriveTasks,
    [CANCEL_REDRIVE_PATH]: cancelRedriveTask,
    [QUEUES_PATH]: showQueues,
    [QUEUE_MESSAGES_PATH]: showQueueMessages,
  },
  start: (stack) => {
    stack.workers.add(sweeper(stack));
    return async () => pollsOf(stack).close();
  },
  lens,
});
