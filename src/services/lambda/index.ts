/** AWS Lambda: functions, how they are invoked, and what feeds them. */
import type { Operations } from '../../wire/types/lambda.ts';
import { defineService } from '../service.ts';

export const lambda = defineService<Operations>({
  name: 'lambda',
  operations: {},
});
