/** AWS Lambda: functions, how they are invoked, and what feeds them. */
import type { Operations } from '../../wire/types/lambda.ts';
import { defineService, type Service } from '../service.ts';
import { CreateAlias, DeleteAlias, GetAlias, ListAliases, UpdateAlias } from './aliases.ts';
import { codeJobs, codeRoutes } from './code.ts';
import {
  CreateFunction,
  DeleteFunction,
  GetFunction,
  GetFunctionConfiguration,
  ListFunctions,
} from './functions.ts';
import { origin } from './origin.ts';
import { stateJobs } from './states.ts';
import { functionTarget } from './target.ts';
import { UpdateFunctionCode } from './update-function-code.ts';
import { UpdateFunctionConfiguration } from './update-function-configuration.ts';
import { ListVersionsByFunction, PublishVersion } from './versions.ts';

export const lambda: Service = defineService<Operations>({
  name: 'lambda',
  operations: {
    CreateAlias,
    CreateFunction,
    DeleteAlias,
    DeleteFunction,
    GetAlias,
    GetFunction,
    GetFunctionConfiguration,
    ListAliases,
    ListFunctions,
    ListVersionsByFunction,
    PublishVersion,
    UpdateAlias,
    UpdateFunctionCode,
    UpdateFunctionConfiguration,
  },
  targets: { lambda: functionTarget },
  origins: { lambda: origin },
  jobs: { ...codeJobs, ...stateJobs },
  routes: codeRoutes,
});
