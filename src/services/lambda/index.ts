/** AWS Lambda: functions, how they are invoked, and what feeds them. */
import type { Operations } from '../../wire/types/lambda.ts';
import { defineService, type Service } from '../service.ts';
import { GetAccountSettings } from './account-settings.ts';
import { CreateAlias, DeleteAlias, GetAlias, ListAliases, UpdateAlias } from './aliases.ts';
import { codeJobs, codeRoutes } from './code.ts';
import { GetFunctionCodeSigningConfig } from './code-signing.ts';
import {
  DeleteFunctionConcurrency,
  GetFunctionConcurrency,
  PutFunctionConcurrency,
} from './concurrency.ts';
import {
  DeleteFunctionEventInvokeConfig,
  GetFunctionEventInvokeConfig,
  ListFunctionEventInvokeConfigs,
  PutFunctionEventInvokeConfig,
  UpdateFunctionEventInvokeConfig,
} from './event-invoke-configs.ts';
import {
  CreateEventSourceMapping,
  DeleteEventSourceMapping,
  GetEventSourceMapping,
  ListEventSourceMappings,
  UpdateEventSourceMapping,
} from './event-source-mappings.ts';
import {
  CreateFunctionUrlConfig,
  DeleteFunctionUrlConfig,
  GetFunctionUrlConfig,
  ListFunctionUrlConfigs,
  UpdateFunctionUrlConfig,
} from './function-urls.ts';
import {
  CreateFunction,
  DeleteFunction,
  GetFunction,
  GetFunctionConfiguration,
  ListFunctions,
} from './functions.ts';
import { FUNCTIONS, listFunctions } from './functions-route.ts';
import { Invoke, InvokeAsync } from './invoke.ts';
import { InvokeWithResponseStream } from './invoke-with-response-stream.ts';
import {
  AddLayerVersionPermission,
  GetLayerVersionPolicy,
  RemoveLayerVersionPermission,
} from './layer-permissions.ts';
import {
  DeleteLayerVersion,
  GetLayerVersion,
  GetLayerVersionByArn,
  ListLayers,
  ListLayerVersions,
  PublishLayerVersion,
} from './layers.ts';
import { lens } from './lens.ts';
import { mappingJobs } from './mapping-states.ts';
import { origin } from './origin.ts';
import { AddPermission, GetPolicy, RemovePermission } from './permissions.ts';
import {
  DeleteProvisionedConcurrencyConfig,
  GetProvisionedConcurrencyConfig,
  ListProvisionedConcurrencyConfigs,
  PutProvisionedConcurrencyConfig,
} from './provisioned.ts';
import { GetFunctionRecursionConfig, PutFunctionRecursionConfig } from './recursion.ts';
import { GetRuntimeManagementConfig, PutRuntimeManagementConfig } from './runtime-management.ts';
import { start } from './start.ts';
import { stateJobs } from './states.ts';
import { ListTags, TagResource, UntagResource } from './tags.ts';
import { functionTarget } from './target.ts';
import { UpdateFunctionCode } from './update-function-code.ts';
import { UpdateFunctionConfiguration } from './update-function-configuration.ts';
import { urlRoutes } from './url-route.ts';
import { ListVersionsByFunction, PublishVersion } from './versions.ts';

export const lambda: Service = defineService<Operations>({
  name: 'lambda',
  operations: {
    AddLayerVersionPermission,
    AddPermission,
    CreateAlias,
    CreateEventSourceMapping,
    CreateFunction,
    CreateFunctionUrlConfig,
    DeleteAlias,
    DeleteEventSourceMapping,
    DeleteFunction,
    DeleteFunctionConcurrency,
    DeleteFunctionEventInvokeConfig,
    DeleteFunctionUrlConfig,
    DeleteLayerVersion,
    DeleteProvisionedConcurrencyConfig,
    GetAccountSettings,
    GetAlias,
    GetEventSourceMapping,
    GetFunction,
    GetFunctionCodeSigningConfig,
    GetFunctionConcurrency,
    GetFunctionConfiguration,
    GetFunctionEventInvokeConfig,
    GetFunctionRecursionConfig,
    GetFunctionUrlConfig,
    GetLayerVersion,
    GetLayerVersionByArn,
    GetLayerVersionPolicy,
    GetPolicy,
    GetProvisionedConcurrencyConfig,
    GetRuntimeManagementConfig,
    Invoke,
    InvokeAsync,
    InvokeWithResponseStream,
    ListAliases,
    ListEventSourceMappings,
    ListFunctionEventInvokeConfigs,
    ListFunctionUrlConfigs,
    ListFunctions,
    ListLayerVersions,
    ListLayers,
    ListProvisionedConcurrencyConfigs,
    ListTags,
    ListVersionsByFunction,
    PublishLayerVersion,
    PublishVersion,
    PutFunctionConcurrency,
    PutFunctionEventInvokeConfig,
    PutFunctionRecursionConfig,
    PutProvisionedConcurrencyConfig,
    PutRuntimeManagementConfig,
    RemoveLayerVersionPermission,
    RemovePermission,
    TagResource,
    UntagResource,
    UpdateAlias,
    UpdateEventSourceMapping,
    UpdateFunctionCode,
    UpdateFunctionConfiguration,
    UpdateFunctionEventInvokeConfig,
    UpdateFunctionUrlConfig,
  },
  targets: { lambda: functionTarget },
  origins: { lambda: origin },
  jobs: { ...codeJobs, ...mappingJobs, ...stateJobs },
  routes: { ...codeRoutes, ...urlRoutes, [FUNCTIONS]: listFunctions },
  start,
  lens,
});
