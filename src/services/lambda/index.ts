/** AWS Lambda: functions, how they are invoked, and what feeds them. */
import type { Operations } from '../../wire/types/lambda.ts';
import { defineService, type Service } from '../service.ts';
import { codeJobs, codeRoutes } from './code.ts';
import {
  CreateFunction,
  DeleteFunction,
  GetFunction,
  GetFunctionConfiguration,
  ListFunctions,
} from './functions.ts';
import { stateJobs } from './states.ts';

export const lambda: Service = defineService<Operations>({
  name: 'lambda',
  operations: {
    CreateFunction,
    DeleteFunction,
    GetFunction,
    GetFunctionConfiguration,
    ListFunctions,
  },
  jobs: { ...codeJobs, ...stateJobs },
  routes: codeRoutes,
});
