/** DynamoDB: tables, their items and what can be done with them. */
import type { Operations } from '../../wire/types/dynamodb.ts';
import { defineService, type Service } from '../service.ts';
import { copyJobs } from './backup-copies.ts';
import { CreateBackup, DeleteBackup, DescribeBackup, ListBackups } from './backups.ts';
import { BatchExecuteStatement } from './batch-execute-statement.ts';
import { BatchGetItem } from './batch-get-item.ts';
import { BatchWriteItem } from './batch-write-item.ts';
import { DescribeContinuousBackups, UpdateContinuousBackups } from './continuous-backups.ts';
import { DeleteItem } from './delete-item.ts';
import { DescribeEndpoints } from './endpoints.ts';
import { ExecuteStatement } from './execute-statement.ts';
import { ExecuteTransaction } from './execute-transaction.ts';
import { expiringJobs } from './expiring.ts';
import { GetItem } from './get-item.ts';
import { historyJobs } from './history.ts';
import {
  DescribeKinesisStreamingDestination,
  DisableKinesisStreamingDestination,
  EnableKinesisStreamingDestination,
  UpdateKinesisStreamingDestination,
} from './kinesis-destinations.ts';
import { origin } from './kinesis-records.ts';
import { lens } from './lens.ts';
import { DescribeLimits } from './limits.ts';
import { PutItem } from './put-item.ts';
import { Query } from './query.ts';
import { DeleteResourcePolicy, GetResourcePolicy, PutResourcePolicy } from './resource-policies.ts';
import { RestoreTableFromBackup, RestoreTableToPointInTime } from './restores.ts';
import { Scan } from './scan.ts';
import { stateJobs } from './states.ts';
import { TABLE_FILES, tableFile } from './table-files.ts';
import { CreateTable, DeleteTable, DescribeTable, ListTables } from './tables.ts';
import { ListTagsOfResource, TagResource, UntagResource } from './tags.ts';
import { DescribeTimeToLive, UpdateTimeToLive } from './time-to-live.ts';
import { TransactGetItems } from './transact-get-items.ts';
import { TransactWriteItems } from './transact-write-items.ts';
import { UpdateItem } from './update-item.ts';
import { UpdateTable } from './update-table.ts';

export const dynamodb: Service = defineService<Operations>({
  name: 'dynamodb',
  operations: {
    BatchExecuteStatement,
    BatchGetItem,
    BatchWriteItem,
    CreateBackup,
    CreateTable,
    DeleteBackup,
    DeleteItem,
    DeleteResourcePolicy,
    DeleteTable,
    DescribeBackup,
    DescribeContinuousBackups,
    DescribeEndpoints,
    DescribeKinesisStreamingDestination,
    DescribeLimits,
    DescribeTable,
    DescribeTimeToLive,
    DisableKinesisStreamingDestination,
    EnableKinesisStreamingDestination,
    ExecuteStatement,
    ExecuteTransaction,
    GetItem,
    GetResourcePolicy,
    ListBackups,
    ListTables,
    ListTagsOfResource,
    PutItem,
    PutResourcePolicy,
    Query,
    RestoreTableFromBackup,
    RestoreTableToPointInTime,
    Scan,
    TagResource,
    TransactGetItems,
    TransactWriteItems,
    UntagResource,
    UpdateContinuousBackups,
    UpdateItem,
    UpdateKinesisStreamingDestination,
    UpdateTable,
    UpdateTimeToLive,
  },
  origins: { dynamodb: origin },
  jobs: { ...stateJobs, ...expiringJobs, ...copyJobs, ...historyJobs },
  routes: { [TABLE_FILES]: tableFile },
  lens,
});
